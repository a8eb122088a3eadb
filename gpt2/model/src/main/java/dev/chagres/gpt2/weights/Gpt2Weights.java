package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The weights of a GPT-2 model folder. The files stay mapped; every method returns a fresh heap copy.
/// Thread-safe until closed.
public final class Gpt2Weights implements AutoCloseable {
    private final Path folder;
    private final Gpt2Config config;
    private final Map<String, List<Integer>> shapes;
    private final TensorStore store;

    private Gpt2Weights(Path folder, Gpt2Config config, Map<String, List<Integer>> shapes, TensorStore store) {
        this.folder = folder;
        this.config = config;
        this.shapes = shapes;
        this.store = store;
    }

    /// Opens a Hugging Face folder: `config.json` and `model.safetensors`, or `model.safetensors.index.json` with its
    /// shards. All names and shapes are checked here, values when a tensor is read. Mask buffers of old exports
    /// (`attn.bias`, `attn.masked_bias`) are ignored; any other tensor GPT-2 does not have is refused.
    ///
    /// @throws FileFormatException naming file, tensor and cause
    public static Gpt2Weights open(Path folder) {
        Gpt2Config config = Gpt2Config.read(folder.resolve("config.json"));
        TensorStore store = TensorStore.open(folder);
        try {
            Map<String, List<Integer>> shapes = TensorShapes.of(config);
            checkHead(config, store);
            store.check(shapes);
            return new Gpt2Weights(folder, config, shapes, store);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /// A head that the configuration does not mention must change nothing.
    private static void checkHead(Gpt2Config config, TensorStore store) {
        if (config.tiedEmbeddings() && store.contains("lm_head.weight")) {
            if (!store.sameBytes("lm_head.weight", "wte.weight")) {
                throw new FileFormatException(
                        store.file("lm_head.weight"),
                        "tensor lm_head.weight differs from wte.weight, but config.json has tie_word_embeddings true");
            }
            store.ignore("lm_head.weight");
        }
        if (!config.headBias() && store.contains("lm_head.bias")) {
            throw new FileFormatException(
                    store.file("lm_head.bias"),
                    "tensor lm_head.bias is used only if config.json has \"lm_head_bias\": true");
        }
    }

    public Gpt2Config config() {
        return config;
    }

    /// The model folder.
    public Path folder() {
        return folder;
    }

    /// Block `layer`, copied.
    ///
    /// @throws IndexOutOfBoundsException if there is no such block
    /// @throws FileFormatException if a value is not finite
    public LayerWeights layer(int layer) {
        Objects.checkIndex(layer, config.layers());
        String block = "h." + layer + ".";
        return new LayerWeights(
                tensor(block + "ln_1.weight"),
                tensor(block + "ln_1.bias"),
                tensor(block + "attn.c_attn.weight"),
                tensor(block + "attn.c_attn.bias"),
                tensor(block + "attn.c_proj.weight"),
                tensor(block + "attn.c_proj.bias"),
                tensor(block + "ln_2.weight"),
                tensor(block + "ln_2.bias"),
                tensor(block + "mlp.c_fc.weight"),
                tensor(block + "mlp.c_fc.bias"),
                tensor(block + "mlp.c_proj.weight"),
                tensor(block + "mlp.c_proj.bias"));
    }

    /// `wte.weight`, row-major `[V][d]`.
    public float[] tokenEmbedding() {
        return tensor("wte.weight");
    }

    /// Row `id` of the token embedding, `[d]`.
    public float[] tokenEmbedding(int id) {
        return rows("wte.weight", id, id + 1);
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
        return tensor("lm_head.weight");
    }

    /// Rows `from .. to - 1` of the head, row-major `[to - from][d]`.
    public float[] headRows(int from, int to) {
        return rows("lm_head.weight", from, to);
    }

    /// The head's bias `[V]`, zero if absent.
    public float[] headBias() {
        return tensor("lm_head.bias");
    }

    /// A tensor by its Hugging Face name without the `transformer.` prefix, for example
    /// `h.0.attn.c_attn.weight`, row-major. Absent biases are zero; `lm_head.weight` of a tied model is `wte.weight`.
    ///
    /// @throws IllegalArgumentException if the model has no tensor of that name
    /// @throws FileFormatException if a value is not finite
    public float[] tensor(String name) {
        List<Integer> shape = shape(name);
        return read(name, 0, shape.stream().reduce(1, Math::multiplyExact));
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
        return read(name, (long) from * columns, (to - from) * columns);
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
        return config.tiedEmbeddings() && name.equals("lm_head.weight") ? "wte.weight" : name;
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
