package dev.chagres.gpt2.quantize;

import dev.chagres.chat.ChatMessage;
import dev.chagres.chat.Conversation;
import dev.chagres.gpt2.demo.BundledModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.tokenizer.AddedToken;
import dev.chagres.tokenizer.ChatTemplate;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerException;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// The token ids of a text on which a model is calibrated or compared.
public final class SampleText {
    private static final List<ChatMessage> CHAT = List.of(
            new ChatMessage("user", "What is the capital of France, and how far is it from London?"),
            new ChatMessage("assistant", "The capital of France is Paris. It is about 340 kilometres from London."),
            new ChatMessage("user", "Write a short poem about a river."));

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

    /// Sequences with the control tokens of a model, up to two: rows of such tokens may be far larger than those of any
    /// text. One is a text after the token that begins texts, or the first control token if none is known to; one is a
    /// conversation as the model's chat template writes it, and as much of the text after it as has room.
    ///
    /// @param ids    of the text
    /// @param length of a sequence, at most the context
    /// @param note   receives a line if the template takes no such conversation
    public static List<int[]> control(Architecture config, TokenizerInfo info, int[] ids, int length,
            Consumer<String> note) {
        int size = Math.min(length, config.context());
        List<int[]> sequences = new ArrayList<>();
        begin(info).ifPresent(token -> sequences.add(joined(new int[] {token}, ids, size)));
        if (info.chat().isPresent()) {
            try {
                sequences.add(joined(new Conversation(CHAT).encode(info), ids, size));
            } catch (TokenizerException e) {
                note.accept("no conversation in the calibration: " + e.getMessage());
            }
        }
        return inVocabulary(sequences, config);
    }

    private static Optional<Integer> begin(TokenizerInfo info) {
        String named = info.chat().map(ChatTemplate::beginOfText).orElse("");
        return info.addedTokens().stream().filter(t -> t.special() && (named.isEmpty() || t.content().equals(named)))
                .map(AddedToken::id).findFirst();
    }

    private static int[] joined(int[] first, int[] then, int size) {
        int[] joined = Arrays.copyOf(first, Math.min(size, first.length + then.length));
        int copied = Math.min(first.length, joined.length);
        System.arraycopy(then, 0, joined, copied, joined.length - copied);
        return joined;
    }

    private static List<int[]> inVocabulary(List<int[]> sequences, Architecture config) {
        return sequences.stream().filter(s -> Arrays.stream(s).allMatch(id -> id < config.vocabulary())).toList();
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
