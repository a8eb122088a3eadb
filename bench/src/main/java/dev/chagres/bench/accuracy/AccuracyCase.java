package dev.chagres.bench.accuracy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A model, the text that it is calibrated on and another one that it is evaluated on.
///
/// @param name        in tables and names of files
/// @param model       folder or file of the float model, relative to the data folder
/// @param calibration its windows show the ranges of activations
/// @param windows     how many of them
/// @param length      tokens of one
/// @param evaluation  what is predicted; never part of the calibration
/// @param context     tokens of a window of the evaluation
public record AccuracyCase(String name, String model, TextPart calibration, int windows, int length,
        TextPart evaluation, int context) {
    private static final String SHAKESPEARE = "eval/tinyshakespeare/input.txt";

    /// What docs/accuracy.md has rows for.
    public static List<AccuracyCase> all() {
        TextPart training = new TextPart(SHAKESPEARE, 0, 0.9);
        TextPart unseen = new TextPart(SHAKESPEARE, 0.9, 1);
        return List.of(
                new AccuracyCase("char-gpt2", "models/tinyshakespeare-char-0.8m", training, 32, 128, unseen, 128),
                new AccuracyCase("char-llama", "models/tinyshakespeare-llama-char", training, 32, 128, unseen, 256));
    }

    /// The file or folder that a data folder lacks for this; empty if it has all.
    public List<String> missing(Path data) {
        return List.of(model, calibration.file(), evaluation.file()).stream()
                .filter(f -> Files.notExists(data.resolve(f))).toList();
    }
}
