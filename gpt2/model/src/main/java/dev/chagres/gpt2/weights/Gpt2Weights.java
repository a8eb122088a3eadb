package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The weights of a folder under GPT-2's names. Thread-safe until the store is closed.
final class Gpt2Weights implements WeightSource {
    private static final String TOKENS = "wte.weight";
    private static final String POSITIONS = "wpe.weight";
    private static final String HEAD = "lm_head.weight";
    private static final String HEAD_BIAS = "lm_head.bias";
    private static final String LAYOUT_WITNESS = "h.0.attn.c_attn.weight";

    private final Path folder;
    private final Architecture architecture;
    private final Map<String, List<Integer>> shapes;
    private final TensorStore store;
    private final boolean transposed;

    private Gpt2Weights(Path folder, Architecture architecture, Map<String, List<Integer>> shapes, TensorStore store,
            boolean transposed) {
        this.folder = folder;
        this.architecture = architecture;
        this.shapes = shapes;
        this.store = store;
        this.transposed = transposed;
    }

    /// Checks all names and shapes of an open store. Mask buffers of old exports (`attn.bias`, `attn.masked_bias`) are
    /// ignored; any other tensor GPT-2 does not have is refused.
    ///
    /// The matrices of the blocks may be stored in the layout of Conv1D, `[in][out]`, or of nn.Linear, `[out][in]`; a
    /// tied head may be stored instead of the token embedding, or beside it.
    ///
    /// @throws FileFormatException naming file, tensor and cause
    static Gpt2Weights of(Path folder, Architecture architecture, TensorStore store) {
        Map<String, List<Integer>> shapes = TensorShapes.of(architecture);
        store.checkHead(architecture, TOKENS);
        if (!architecture.headBias() && store.contains(HEAD_BIAS)) {
            throw new FileFormatException(
                    store.file(HEAD_BIAS),
                    "tensor lm_head.bias is used only if config.json has \"lm_head_bias\": true");
        }
        // This matrix is never square, and one model has one layout.
        boolean transposed = store.isTransposed(LAYOUT_WITNESS, shapes.get(LAYOUT_WITNESS));
        Map<String, List<Integer>> stored = new LinkedHashMap<>(shapes);
        stored.replaceAll((name, shape) ->
                transposed && TensorShapes.isProjection(name) ? shape.reversed() : shape);
        store.check(stored, TensorShapes::isOptional, "GPT-2");
        return new Gpt2Weights(folder, architecture, shapes, store, transposed);
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public String origin() {
        return folder.toString();
    }

    /// A scale of attention scores other than one over the root of the head width is multiplied into the queries, see
    /// [Architecture#queryFactor].
    @Override
    public LayerWeights layer(int layer) {
        Objects.checkIndex(layer, architecture.layers());
        String block = "h." + layer + ".";
        int d = architecture.width();
        float[] attention = stored(block + "attn.c_attn.weight");
        float[] bias = tensor(block + "attn.c_attn.bias");
        return new LayerWeights(
                tensor(block + "ln_1.weight"),
                tensor(block + "ln_1.bias"),
                scaled(part(attention, bias, 0, d), architecture.queryFactor(layer)),
                part(attention, bias, d, d),
                part(attention, bias, 2 * d, d),
                matrix(block + "attn.c_proj", d, d),
                tensor(block + "ln_2.weight"),
                tensor(block + "ln_2.bias"),
                Optional.empty(),
                matrix(block + "mlp.c_fc", architecture.mlpWidth(), d),
                matrix(block + "mlp.c_proj", d, architecture.mlpWidth()));
    }

    private DenseMatrix matrix(String name, int outputs, int inputs) {
        return new DenseMatrix(stored(name + ".weight"), tensor(name + ".bias"), outputs, inputs);
    }

    /// Outputs `from .. from + count - 1` of a matrix `[outputs][count]`.
    private static DenseMatrix part(float[] weights, float[] bias, int from, int count) {
        return new DenseMatrix(
                Arrays.copyOfRange(weights, from * count, (from + count) * count),
                Arrays.copyOfRange(bias, from, from + count), count, count);
    }

    private static DenseMatrix scaled(DenseMatrix matrix, double factor) {
        for (float[] values : List.of(matrix.weights(), matrix.bias())) {
            for (int i = 0; factor != 1 && i < values.length; i++) {
                values[i] = (float) (values[i] * factor);
            }
        }
        return matrix;
    }

    @Override
    public float[] tokenRows(int from, int to) {
        return rows(TOKENS, from, to);
    }

    @Override
    public float[] positions() {
        return tensor(POSITIONS);
    }

    @Override
    public float[] positionRows(int from, int to) {
        return rows(POSITIONS, from, to);
    }

    @Override
    public float[] finalNormGain() {
        return tensor("ln_f.weight");
    }

    @Override
    public float[] finalNormShift() {
        return tensor("ln_f.bias");
    }

    @Override
    public float[] headRows(int from, int to) {
        return rows(HEAD, from, to);
    }

    @Override
    public float[] headBias() {
        return tensor(HEAD_BIAS);
    }

    /// A tensor by its Hugging Face name without the `transformer.` prefix, for example
    /// `h.0.attn.c_attn.weight`, row-major, matrices of blocks `[in][out]`. Absent biases are zero; `lm_head.weight`
    /// of a tied model is `wte.weight`.
    ///
    /// @throws IllegalArgumentException if the model has no tensor of that name
    /// @throws FileFormatException if a value is not finite
    float[] tensor(String name) {
        float[] values = whole(name);
        return transposed && TensorShapes.isProjection(name)
                ? DenseMatrix.transpose(values, shape(name).get(1), shape(name).get(0)) : values;
    }

    /// A matrix of a block as `[out][in]`.
    private float[] stored(String name) {
        float[] values = whole(name);
        return transposed ? values : DenseMatrix.transpose(values, shape(name).get(0), shape(name).get(1));
    }

    private float[] whole(String name) {
        return read(name, 0, shape(name).stream().reduce(1, Math::multiplyExact));
    }

    /// Rows `from .. to - 1` of a matrix, row-major.
    ///
    /// @throws IndexOutOfBoundsException if the matrix has no such rows
    /// @throws IllegalArgumentException if the model has no matrix of that name
    /// @throws FileFormatException if a value is not finite
    float[] rows(String name, int from, int to) {
        List<Integer> shape = shape(name);
        if (shape.size() != 2) {
            throw new IllegalArgumentException(name + " is not a matrix");
        }
        Objects.checkFromToIndex(from, to, shape.get(0));
        int columns = shape.get(1);
        if (transposed && TensorShapes.isProjection(name)) {
            return Arrays.copyOfRange(tensor(name), from * columns, to * columns);
        }
        return read(name, (long) from * columns, (to - from) * columns);
    }

    private List<Integer> shape(String name) {
        if (name.equals(HEAD_BIAS)) {
            return List.of(architecture.vocabulary());
        }
        List<Integer> shape = shapes.get(storedName(name));
        if (shape == null) {
            throw new IllegalArgumentException("the model has no tensor " + name);
        }
        return shape;
    }

    private String storedName(String name) {
        return architecture.tiedEmbeddings() && name.equals(HEAD) ? TOKENS : name;
    }

    private float[] read(String name, long from, int count) {
        String stored = storedName(name);
        if (!store.contains(stored)) {
            return new float[count];
        }
        return store.readFinite(stored, from, count);
    }
}
