package dev.chagres.cli;

import dev.chagres.gpt2.evaluate.LastWords;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Reads the texts of the LAMBADA task: a JSON object a line, with the field `text`.
final class LastWordTexts {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private LastWordTexts() {}

    /// @param context of the model
    /// @param most how many texts, spread evenly; 0 for all
    /// @throws CommandException naming file and line of what is no such text
    static List<LastWords.Text> read(Path file, Tokenizer tokenizer, int context, int most) throws IOException {
        List<byte[]> lines = TextFile.lines(file);
        List<LastWords.Text> all = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                String line = TextFile.decode(lines.get(i));
                if (!line.isBlank()) {
                    all.add(LastWords.Text.of(tokenizer, i + 1, text(line), context));
                }
            } catch (IllegalArgumentException | TokenizerException | CommandException e) {
                throw new CommandException(file + ":" + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        if (all.isEmpty()) {
            throw new CommandException(file + ": no text in this file");
        }
        if (most == 0 || most >= all.size()) {
            return all;
        }
        List<LastWords.Text> some = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            some.add(all.get((int) ((long) i * all.size() / most)));
        }
        return some;
    }

    private static String text(String line) {
        JsonNode root;
        try {
            root = MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw new CommandException("not valid JSON: " + e.getOriginalMessage(), e);
        }
        JsonNode text = root.get("text");
        if (text == null || !text.isString()) {
            throw new CommandException("no field 'text' with a string");
        }
        return text.stringValue();
    }
}
