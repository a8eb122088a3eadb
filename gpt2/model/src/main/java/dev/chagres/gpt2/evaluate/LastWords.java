package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.reference.ActivationObserver;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.prove.Inference;
import dev.chagres.prove.profile.Progress;
import dev.chagres.semantics.DomainException;
import dev.chagres.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The LAMBADA task (Paperno et al., 2016): guess the last word of a text greedily.
public final class LastWords {
    private LastWords() {}

    /// A text whose end is guessed.
    ///
    /// @param line where it stands in its file, from 1
    /// @param ids  its tokens, at least two
    /// @param word index of the first token of the last word, at least 1
    public record Text(int line, int[] ids, int word) {
        public Text {
            if (word < 1 || word >= ids.length) {
                throw new IllegalArgumentException("a text of " + ids.length + " tokens whose last word begins at "
                        + word);
            }
        }

        /// @param line    where it stands in its file, from 1
        /// @param text    with at least one blank inside; blanks around it are dropped
        /// @param context of the model: of a longer text the end is taken
        /// @throws IllegalArgumentException if there is no word before the last one
        public static Text of(Tokenizer tokenizer, int line, String text, int context) {
            String stripped = text.strip();
            int blank = stripped.lastIndexOf(' ');
            if (blank < 0) {
                throw new IllegalArgumentException("a text of one word has nothing before its last word");
            }
            int[] ids = tokenizer.encode(stripped);
            int[] before = tokenizer.encode(stripped.substring(0, blank));
            int word = Arrays.mismatch(ids, before);
            int cut = Math.max(0, ids.length - context - 1);
            return new Text(line, Arrays.copyOfRange(ids, cut, ids.length), word - cut);
        }
    }

    /// Shares of texts that stay in the domain of the integer program.
    ///
    /// @param texts       how many these are, at least 1
    /// @param outside     the texts that do not; each starts at its line of the file
    /// @param lastToken   whose last token the integer model guesses from all tokens before
    /// @param lastWord    whose last word's tokens it guesses one after the other
    /// @param reference   the same of the float model, where there is one
    public record Report(int texts, List<OutsideDomain> outside, Estimate lastToken, Estimate lastWord,
            Optional<Reference> reference) {}

    /// The float model's shares.
    ///
    /// @param lastToken as [Report#lastToken()]
    /// @param lastWord  as [Report#lastWord()]
    /// @param sameToken whose last token both models guess alike, right or wrong
    /// @param sameWord  whose last word is right, or wrong, for both models
    public record Reference(Estimate lastToken, Estimate lastWord, Estimate sameToken, Estimate sameWord) {}

    /// Runs the models of an evaluation over all texts, one step of progress each. A text that leaves the domain of the
    /// integer program is told of and not counted.
    ///
    /// @param texts at least one
    /// @throws DomainException if every text leaves the domain: that of the first one
    public static Report run(Evaluation models, List<Text> texts, Progress progress) {
        WindowedMean[] means = new WindowedMean[6];
        Arrays.setAll(means, _ -> new WindowedMean());
        progress.phase("last words", texts.size());
        List<OutsideDomain> outside = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            Text text = texts.get(i);
            int[] integers;
            try {
                integers = integers(models, text, progress);
            } catch (DomainException e) {
                outside.add(OutsideDomain.of(models.model(), i, text.line, e));
                progress.step();
                continue;
            }
            boolean token = lastToken(text, integers);
            boolean word = word(text, integers);
            add(means[0], token);
            add(means[1], word);
            if (models.reference().isPresent()) {
                int[] floats = floats(models.reference().get(), text);
                add(means[2], lastToken(text, floats));
                add(means[3], word(text, floats));
                add(means[4], integers[integers.length - 1] == floats[floats.length - 1]);
                add(means[5], word == word(text, floats));
            }
            progress.step();
        }
        if (outside.size() == texts.size()) {
            throw outside.getFirst().cause();
        }
        return new Report(texts.size() - outside.size(), outside, means[0].estimate(), means[1].estimate(),
                models.reference().map(_ -> new Reference(means[2].estimate(), means[3].estimate(),
                        means[4].estimate(), means[5].estimate())));
    }

    private static void add(WindowedMean mean, boolean right) {
        mean.add(right ? 1 : 0);
    }

    /// The most likely token at every token of the last word, given all tokens before.
    private static int[] integers(Evaluation models, Text text, Progress progress) {
        int rows = text.ids.length - 1;
        int[] guesses = new int[text.ids.length - text.word];
        try (Inference run = models.infer(Arrays.copyOf(text.ids, rows), progress)) {
            IntegerRows logits = new IntegerRows(run, 1);
            for (int i = 0; i < guesses.length; i++) {
                guesses[i] = logits.row(text.word - 1 + i).best();
            }
        }
        return guesses;
    }

    private static int[] floats(FloatModel model, Text text) {
        int[] guesses = new int[text.ids.length - text.word];
        model.forward(Arrays.copyOf(text.ids, text.ids.length - 1), ActivationObserver.NONE, text.word - 1,
                (t, logits) -> guesses[t - text.word + 1] = Distribution.ofFloats(logits, t).best());
        return guesses;
    }

    private static boolean lastToken(Text text, int[] guesses) {
        return guesses[guesses.length - 1] == text.ids[text.ids.length - 1];
    }

    private static boolean word(Text text, int[] guesses) {
        return Arrays.equals(guesses, 0, guesses.length, text.ids, text.word, text.ids.length);
    }
}
