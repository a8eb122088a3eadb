package dev.chagres.bench.accuracy;

import dev.chagres.gpt2.quantize.QuantizerOptions;
import dev.chagres.gpt2.weights.Architecture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// A model, the texts that it is calibrated on and another one that it is evaluated on.
///
/// @param name        in tables and names of files
/// @param model       folder or file of the float model, relative to the data folder
/// @param profile     widths of the integers
/// @param calibration texts whose windows show the ranges of activations
/// @param windows     how many of each
/// @param length      tokens of one
/// @param evaluation  what is predicted; never part of the calibration
/// @param context     tokens of a window of the evaluation
/// @param most        windows of the evaluation at most, spread evenly; 0 for as many as the text has
public record AccuracyCase(String name, String model, Profile profile, List<TextPart> calibration, int windows,
        int length, TextPart evaluation, int context, int most) {
    /// The widths that a model is quantised to.
    public enum Profile {
        /// As `quantize` does unless told otherwise.
        STANDARD,
        /// As `quantize --accuracy high` does.
        HIGH;

        QuantizerOptions options(Architecture architecture) {
            return this == STANDARD ? QuantizerOptions.standard(architecture) : QuantizerOptions.high(architecture);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String SHAKESPEARE = "eval/tinyshakespeare/input.txt";

    /// What docs/accuracy.md has rows for.
    public static List<AccuracyCase> all() {
        TextPart training = new TextPart(SHAKESPEARE, 0, 0.9);
        TextPart unseen = new TextPart(SHAKESPEARE, 0.9, 1);
        return List.of(
                new AccuracyCase("char-gpt2", "models/tinyshakespeare-char-0.8m", Profile.STANDARD, List.of(training),
                        32, 128, unseen, 128, 0),
                new AccuracyCase("char-llama", "models/tinyshakespeare-llama-char", Profile.STANDARD,
                        List.of(training), 32, 128, unseen, 256, 0),
                smollm2("smollm2", Profile.STANDARD),
                smollm2("smollm2-high", Profile.HIGH));
    }

    /// Calibrated on stories and verse, evaluated on articles.
    private static AccuracyCase smollm2(String name, Profile profile) {
        return new AccuracyCase(name, "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf", profile,
                List.of(new TextPart("eval/lambada_openai/lambada_test.jsonl", 0, 0.05),
                        new TextPart(SHAKESPEARE, 0, 0.05)), 8, 256,
                TextPart.whole("eval/wikitext2-raw-test/wiki.test.raw"), 256, 16);
    }

    /// The file or folder that a data folder lacks for this; empty if it has all.
    public List<String> missing(Path data) {
        return Stream.concat(Stream.of(model, evaluation.file()), calibration.stream().map(TextPart::file)).distinct()
                .filter(f -> Files.notExists(data.resolve(f))).toList();
    }
}
