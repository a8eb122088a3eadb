package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SyntheticModel;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// A random float model and its quantisation, for tests.
public final class SyntheticFixture implements AutoCloseable {
    private final ModelWeights weights;
    private final Arena arena = Arena.ofShared();
    private final IntegerModel model;

    /// @param shape  a shape name of [SyntheticModel]
    /// @param folder empty folder for the float model
    public SyntheticFixture(String shape, long seed, Path folder) {
        this(shape, seed, folder, TokenizerInfo.NONE);
    }

    public SyntheticFixture(String shape, long seed, Path folder, TokenizerInfo tokenizer) {
        try {
            SyntheticModel.write(folder, SyntheticModel.shape(shape), seed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        weights = ModelWeights.open(folder);
        model = new Quantizer(weights)
                .quantise(arena, shape, tokenizer, Quantizer.randomCalibration(weights.architecture(), seed));
    }

    public ModelWeights weights() {
        return weights;
    }

    public IntegerModel model() {
        return model;
    }

    @Override
    public void close() {
        arena.close();
        weights.close();
    }
}
