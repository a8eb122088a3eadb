package dev.chagres.bench.accuracy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A part of a text file of the data folder.
///
/// @param file relative to the folder
/// @param from where it begins, as a share of all characters
/// @param to   where it ends
public record TextPart(String file, double from, double to) {
    public static TextPart whole(String file) {
        return new TextPart(file, 0, 1);
    }

    /// The text.
    String read(Path data) throws IOException {
        String text = Files.readString(data.resolve(file));
        return text.substring((int) (from * text.length()), (int) (to * text.length()));
    }

    @Override
    public String toString() {
        String name = Path.of(file).getFileName().toString();
        return from == 0 && to == 1 ? name : String.format("%s, %.0f to %.0f %%", name, 100 * from, 100 * to);
    }
}
