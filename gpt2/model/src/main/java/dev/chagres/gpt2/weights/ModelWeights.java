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
    /// @throws FileFormatException naming file, tensor and cause
    public static ModelWeights open(Path path) {
        if (!Files.isDirectory(path)) {
            throw new FileFormatException(path, Files.exists(path)
                    ? "is not a folder; give the folder with config.json and the weights" : "no such folder");
        }
        return openFolder(path);
    }

    private static ModelWeights openFolder(Path folder) {
        ConfigReader reader = ConfigReader.open(folder.resolve("config.json"));
        TensorStore store = TensorStore.open(folder);
        try {
            OptionalInt context = reader.isLlama() ? OptionalInt.empty() : store.rows("wpe.weight");
            Architecture architecture = reader.architecture(context);
            WeightSource source = Gpt2Weights.of(folder, architecture, store);
            return new ModelWeights(folder, source, store::close, reader.notes());
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
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
