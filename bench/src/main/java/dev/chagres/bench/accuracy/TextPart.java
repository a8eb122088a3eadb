package dev.chagres.bench.accuracy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import tools.jackson.databind.ObjectMapper;

/// A part of a text file of the data folder.
///
/// @param file relative to the folder
/// @param from where it begins, as a share of all characters
/// @param to   where it ends
public record TextPart(String file, double from, double to) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    public static TextPart whole(String file) {
        return new TextPart(file, 0, 1);
    }

    /// The text; of a file of JSON lines their fields `text`, each with a line end.
    String read(Path data) throws IOException {
        String text = Files.readString(data.resolve(file));
        if (file.endsWith(".jsonl")) {
            text = text.lines().map(line -> MAPPER.readTree(line).get("text").stringValue() + "\n")
                    .collect(Collectors.joining());
        }
        return text.substring((int) (from * text.length()), (int) (to * text.length()));
    }

    @Override
    public String toString() {
        String name = Path.of(file).getFileName().toString();
        return from == 0 && to == 1 ? name : String.format("%s, %.0f to %.0f %%", name, 100 * from, 100 * to);
    }
}
