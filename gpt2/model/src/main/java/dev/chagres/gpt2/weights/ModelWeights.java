package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/// The weights of a model file or folder. Files stay mapped; every method returns a fresh heap copy. Thread-safe until
/// closed.
public final class ModelWeights implements WeightSource, AutoCloseable {
    private final Path path;
    private final WeightSource source;
    private final Runnable unmap;
    private final List<String> notes;

    private ModelWeights(Path path, WeightSource source, Runnable unmap, List<String> notes) {
        this.path = path;
        this.source = source;
        this.unmap = unmap;
        this.notes = notes;
    }

    /// Opens a Hugging Face folder: `config.json` and `model.safetensors`, or `model.safetensors.index.json` with its
    /// shards. Families are told apart by `model_type`: GPT-2, or Llama with its relatives. All names and shapes are
    /// checked here, values when a tensor is read. Prefixes of names such as `transformer.` do not count.
    ///
    /// A file with the ending `.gguf` is a whole model of one of the same families, see [GgufModel].
    ///
    /// @throws FileFormatException naming file, tensor and cause
    public static ModelWeights open(Path path) {
        if (Files.isDirectory(path)) {
            return openFolder(path);
        }
        if (path.toString().endsWith(".gguf")) {
            return openGguf(path);
        }
        throw new FileFormatException(path, Files.exists(path)
                ? "is not a folder; give the folder with config.json and the weights, or a .gguf file"
                : "no such folder");
    }

    private static ModelWeights openFolder(Path folder) {
        ConfigReader reader = ConfigReader.open(folder.resolve("config.json"));
        TensorStore store = TensorStore.open(folder);
        try {
            OptionalInt context = reader.isLlama() ? OptionalInt.empty() : store.rows("wpe.weight");
            Architecture architecture = reader.architecture(context);
            WeightSource source = reader.isLlama()
                    ? llama(folder, architecture, reader, store) : Gpt2Weights.of(folder, architecture, store);
            return new ModelWeights(folder, source, store::close, reader.notes());
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static WeightSource llama(Path folder, Architecture architecture, ConfigReader reader,
            TensorStore store) {
        store.checkHead(architecture, Naming.LLAMA.tokens());
        store.check(Naming.LLAMA.shapes(architecture, reader.biases()), _ -> false, "Llama");
        return new NamedWeights(architecture, folder.toString(), store, Naming.LLAMA, false);
    }

    private static ModelWeights openGguf(Path file) {
        GgufModel model = GgufModel.open(file);
        return new ModelWeights(file, model.weights(), model::close, model.notes());
    }

    /// The file or folder.
    public Path path() {
        return path;
    }

    /// What a user should know about the model although nothing is wrong with it; one line each.
    public List<String> notes() {
        return notes;
    }

    @Override
    public Architecture architecture() {
        return source.architecture();
    }

    @Override
    public String origin() {
        return source.origin();
    }

    @Override
    public LayerWeights layer(int layer) {
        return source.layer(layer);
    }

    @Override
    public float[] tokenRows(int from, int to) {
        return source.tokenRows(from, to);
    }

    @Override
    public float[] positions() {
        return source.positions();
    }

    @Override
    public float[] positionRows(int from, int to) {
        return source.positionRows(from, to);
    }

    @Override
    public float[] headRows(int from, int to) {
        return source.headRows(from, to);
    }

    @Override
    public float[] headBias() {
        return source.headBias();
    }

    @Override
    public float[] finalNormGain() {
        return source.finalNormGain();
    }

    @Override
    public float[] finalNormShift() {
        return source.finalNormShift();
    }

    /// Unmaps the files.
    @Override
    public void close() {
        unmap.run();
    }
}
