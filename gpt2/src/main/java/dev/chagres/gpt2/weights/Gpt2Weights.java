package dev.chagres.gpt2.weights;

import java.nio.file.Path;

/// The weights of a GPT-2 model folder. The files stay mapped; every method returns a fresh heap copy.
/// Thread-safe until closed.
public final class Gpt2Weights implements AutoCloseable {
    private Gpt2Weights() {}

    /// Opens a Hugging Face folder: `config.json` and `model.safetensors` or `model.safetensors.index.json` with its
    /// shards. All names and shapes are checked here, values when a tensor is read.
    ///
    /// @throws ModelFormatException naming file, tensor and cause
    public static Gpt2Weights open(Path folder) {
        throw new UnsupportedOperationException();
    }

    public Gpt2Config config() {
        throw new UnsupportedOperationException();
    }

    public Path folder() {
        throw new UnsupportedOperationException();
    }

    /// Block `layer`, copied.
    ///
    /// @throws ModelFormatException if a value is not finite
    public LayerWeights layer(int layer) {
        throw new UnsupportedOperationException();
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
    /// @throws IllegalArgumentException if GPT-2 has no tensor of that name
    /// @throws ModelFormatException if a value is not finite
    public float[] tensor(String name) {
        throw new UnsupportedOperationException();
    }

    /// Rows `from .. to - 1` of a matrix.
    ///
    /// @throws IndexOutOfBoundsException if the matrix has no such rows
    public float[] rows(String name, int from, int to) {
        throw new UnsupportedOperationException();
    }

    /// Unmaps the files.
    @Override
    public void close() {}
}
