package dev.chagres.gpt2.model;

import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.file.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The `.cgm` container of an [IntegerModel]: little-endian, sections in one fixed order, every payload aligned to
/// 64 bytes so that tensors are used where they are mapped. One model has exactly one file; docs/formats.md.
public final class IntegerModelFile {
    private IntegerModelFile() {}

    /// Maps a file; the model's tensors are slices of the mapping and live as long as `arena`.
    ///
    /// The form is checked here, the intervals by [IntervalCheck].
    ///
    /// @throws FileFormatException naming the file and the cause
    public static IntegerModel map(Path file, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (NoSuchFileException e) {
            throw new FileFormatException(file, "no such file", e);
        } catch (IOException e) {
            throw new FileFormatException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /// Reads a container held in memory.
    ///
    /// @param file named in errors
    /// @throws FileFormatException naming the file and the cause
    public static IntegerModel read(Path file, MemorySegment bytes) {
        return ModelFileReader.read(file, bytes);
    }

    /// Writes a file, in place of what is there; it appears whole or not at all.
    ///
    /// @throws UncheckedIOException when writing fails
    public static void write(IntegerModel model, Path file) {
        try (WholeFile whole = WholeFile.create(file)) {
            write(model, whole);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written", e);
        }
    }

    /// Fills a file that has been started, before there was a model to put into it, and makes it appear.
    ///
    /// @throws IOException when writing fails, naming the folder
    public static void write(IntegerModel model, WholeFile file) throws IOException {
        try {
            ModelFileWriter.write(model, file.channel());
        } catch (IOException e) {
            throw file.failed(e);
        }
        file.commit();
    }
}
