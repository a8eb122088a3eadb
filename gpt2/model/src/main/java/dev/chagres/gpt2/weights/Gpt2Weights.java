package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/// The weights of a GPT-2 model folder. The files stay mapped; every method returns a fresh heap copy.
/// Thread-safe until closed.
public final class Gpt2Weights implements AutoCloseable {
    private static final String TOKENS = "wte.weight";
    private static final String HEAD = "lm_head.weight";
    private static final String LAYOUT_WITNESS = "h.0.attn.c_attn.weight";

    private final Path folder;
    private final Architecture config;
    private final Map<String, List<Integer>> shapes;
    private final TensorStore store;
    private final boolean transposed;
    private final List<String> notes;

    private Gpt2Weights(Path folder, Architecture config, Map<String, List<Integer>> shapes, TensorStore store,
            boolean transposed, List<String> notes) {
        this.folder = folder;
        this.config = config;
        this.shapes = shapes;
        this.store = store;
        this.transposed = transposed;
        this.notes = notes;
    }

    /// Opens a Hugging Face folder: `config.json` and `model.safetensors`, or `model.safetensors.index.json` with its
    /// shards. All names and shapes are checked here, values when a tensor is read. Mask buffers of old exports
    /// (`attn.bias`, `attn.masked_bias`) are ignored; any other tensor GPT-2 does not have is refused.
    ///
    /// Prefixes of names such as `transformer.` do not count. The matrices of the blocks may be stored in the layout of
    /// Conv1D, `[in][out]`, or of nn.Linear, `[out][in]`; a tied head may be stored instead of the token embedding, or
    /// beside it.
    ///
    /// @throws FileFormatException naming file, tensor and cause
    public static Gpt2Weights open(Path folder) {
        return open(folder, OptionalInt.empty());
    }

    /// As above, with the id that ends a text given instead of read.
    public static Gpt2Weights open(Path folder, OptionalInt endOfText) {
        if (!Files.isDirectory(folder)) {
            throw new FileFormatException(folder, Files.exists(folder)
                    ? "is not a folder; give the folder with config.json and the weights" : "no such folder");
        }
        ConfigReader reader = ConfigReader.open(folder.resolve("config.json"));
        TensorStore store = TensorStore.open(folder);
        try {
            Architecture config = reader.config(store.rows("wpe.weight"), endOfText);
            Map<String, List<Integer>> shapes = TensorShapes.of(config);
            checkHead(config, store);
            // This matrix is never square, and one model has one layout.
            boolean transposed = store.isTransposed(LAYOUT_WITNESS, shapes.get(LAYOUT_WITNESS));
            Map<String, List<Integer>> stored = new LinkedHashMap<>(shapes);
            stored.replaceAll((name, shape) ->
                    transposed && TensorShapes.isProjection(name) ? shape.reversed() : shape);
            store.check(stored);
            return new Gpt2Weights(folder, config, shapes, store, transposed, reader.notes());
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /// A head that the configuration does not mention must change nothing.
    private static void checkHead(Architecture config, TensorStore store) {
        if (config.tiedEmbeddings() && store.contains(HEAD)) {
            if (!store.contains(TOKENS)) {
                store.rename(HEAD, TOKENS);
            } else if (store.sameValues(HEAD, TOKENS)) {
                store.ignore(HEAD);
            } else {
                throw new FileFormatException(
                        store.file(HEAD),
                        "tensor lm_head.weight differs from wte.weight, but config.json has tie_word_embeddings true");
            }
        }
        if (!config.headBias() && store.contains("lm_head.bias")) {
            throw new FileFormatException(
                    store.file("lm_head.bias"),
                    "tensor lm_head.bias is used only if config.json has \"lm_head_bias\": true");
        }
    }

    public Architecture config() {
        return config;
    }

    /// What a user should know about the model although nothing is wrong with it; one line each.
    public List<String> notes() {
        return notes;
    }

    /// The model folder.
    public Path folder() {
        return folder;
    }

    /// Block `layer`, copied. A scale of attention scores other than one over the root of the head width is multiplied
    /// into the queries, see [Architecture#queryFactor].
    ///
    /// @throws IndexOutOfBoundsException if there is no such block
    /// @throws FileFormatException if a value is not finite
    public LayerWeights layer(int layer) {
        Objects.checkIndex(layer, config.layers());
        String block = "h." + layer + ".";
        return new LayerWeights(
                tensor(block + "ln_1.weight"),
                tensor(block + "ln_1.bias"),
                scaledQueries(layer, tensor(block + "attn.c_attn.weight")),
                scaledQueries(layer, tensor(block + "attn.c_attn.bias")),
                tensor(block + "attn.c_proj.weight"),
                tensor(block + "attn.c_proj.bias"),
                tensor(block + "ln_2.weight"),
                tensor(block + "ln_2.bias"),
                tensor(block + "mlp.c_fc.weight"),
                tensor(block + "mlp.c_fc.bias"),
                tensor(block + "mlp.c_proj.weight"),
                tensor(block + "mlp.c_proj.bias"));
    }

    /// Rows of 3 d columns whose first d belong to queries.
    private float[] scaledQueries(int layer, float[] rows) {
        double factor = config.queryFactor(layer);
        int d = config.width();
        for (int row = 0; factor != 1 && row < rows.length; row += 3 * d) {
            for (int c = 0; c < d; c++) {
                rows[row + c] = (float) (rows[row + c] * factor);
            }
        }
        return rows;
    }

    /// `wte.weight`, row-major `[V][d]`.
    public float[] tokenEmbedding() {
        return tensor(TOKENS);
    }

    /// Row `id` of the token embedding, `[d]`.
    public float[] tokenEmbedding(int id) {
        return rows(TOKENS, id, id + 1);
    }

    /// `wpe.weight`, row-major `[context][d]`.
    public float[] positionEmbedding() {
        return tensor("wpe.weight");
    }

    /// `ln_f.weight`, `[d]`.
    public float[] finalNormGain() {
        return tensor("ln_f.weight");
    }

    /// `ln_f.bias`, `[d]`, zero if absent.
    public float[] finalNormShift() {
        return tensor("ln_f.bias");
    }

    /// The head, row-major `[V][d]`: `lm_head.weight`, or the token embedding if tied.
    public float[] headWeight() {
        return tensor(HEAD);
    }

    /// Rows `from .. to - 1` of the head, row-major `[to - from][d]`.
    public float[] headRows(int from, int to) {
        return rows(HEAD, from, to);
    }

    /// The head's bias `[V]`, zero if absent.
    public float[] headBias() {
        return tensor("lm_head.bias");
    }

    /// A tensor by its Hugging Face name without the `transformer.` prefix, for example
    /// `h.0.attn.c_attn.weight`, row-major, matrices of blocks `[in][out]`. Absent biases are zero; `lm_head.weight`
    /// of a tied model is `wte.weight`.
    ///
    /// @throws IllegalArgumentException if the model has no tensor of that name
    /// @throws FileFormatException if a value is not finite
    public float[] tensor(String name) {
        List<Integer> shape = shape(name);
        float[] values = read(name, 0, shape.stream().reduce(1, Math::multiplyExact));
        return transposed && TensorShapes.isProjection(name)
                ? transpose(values, shape.get(1), shape.get(0)) : values;
    }

    /// Rows `from .. to - 1` of a matrix, row-major.
    ///
    /// @throws IndexOutOfBoundsException if the matrix has no such rows
    /// @throws IllegalArgumentException if the model has no matrix of that name
    /// @throws FileFormatException if a value is not finite
    public float[] rows(String name, int from, int to) {
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

    /// `[rows][columns]` as `[columns][rows]`.
    private static float[] transpose(float[] matrix, int rows, int columns) {
        float[] result = new float[matrix.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                result[c * rows + r] = matrix[r * columns + c];
            }
        }
        return result;
    }

    private List<Integer> shape(String name) {
        if (name.equals("lm_head.bias")) {
            return List.of(config.vocabulary());
        }
        List<Integer> shape = shapes.get(stored(name));
        if (shape == null) {
            throw new IllegalArgumentException("the model has no tensor " + name);
        }
        return shape;
    }

    private String stored(String name) {
        return config.tiedEmbeddings() && name.equals(HEAD) ? TOKENS : name;
    }

    private float[] read(String name, long from, int count) {
        String stored = stored(name);
        if (!store.contains(stored)) {
            return new float[count];
        }
        return store.readFinite(stored, from, count);
    }

    /// Unmaps the files.
    @Override
    public void close() {
        store.close();
    }
}
