package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.demo.BundledModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The token ids of a text on which a model is calibrated or compared.
public final class SampleText {
    private SampleText() {}

    /// Token ids of a text for a model without one at hand: some prose, speech, lists, sums, code, and verse, about
    /// seven thousand tokens of a usual vocabulary. Empty if the tokenizer refuses it, as one of few characters does, or
    /// the model has an id less.
    ///
    /// @param config    of the model
    /// @param tokenizer of the model
    public static Optional<int[]> standard(Architecture config, Tokenizer tokenizer) {
        try {
            int[] ids = tokenizer.encode(text() + BundledModel.calibrationText());
            return Arrays.stream(ids).allMatch(id -> id < config.vocabulary()) ? Optional.of(ids) : Optional.empty();
        } catch (TokenizerException e) {
            return Optional.empty();
        }
    }

    private static String text() {
        try (InputStream in = SampleText.class.getResourceAsStream("sample.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the sample text cannot be read: " + e.getMessage(), e);
        }
    }

    /// The least number of ids of a text: two, so that a token follows another one, or one if the context is one.
    public static int leastIds(Architecture config) {
        return Math.min(2, config.context());
    }

    /// Checks a text before any work is done with it.
    ///
    /// @param ids the whole text
    /// @throws QuantizationException with one line that says the least number of ids, or which id the model lacks
    public static void check(Architecture config, int[] ids) {
        int least = leastIds(config);
        if (ids.length < least) {
            throw new QuantizationException(
                    "a text of " + ids.length + " token ids, need at least " + least + "; several hundred are advised");
        }
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= config.vocabulary()) {
                throw new QuantizationException("token id " + ids[i] + " at position " + i
                        + " is outside the vocabulary of " + config.vocabulary());
            }
        }
    }

    /// Up to `count` windows of up to `length` ids, spread evenly over the text; at least one.
    ///
    /// @param length of a window, at most the context
    /// @throws QuantizationException as [#check]
    public static List<int[]> windows(Architecture config, int[] ids, int length, int count) {
        check(config, ids);
        int size = Math.min(length, config.context());
        int windows = Math.clamp(ids.length / size, 1, count);
        int step = ids.length / windows;
        return IntStream.range(0, windows)
                .mapToObj(i -> Arrays.copyOfRange(ids, i * step, Math.min(ids.length, i * step + size)))
                .toList();
    }
}
