package dev.chagres.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Files that a command reads; every failure names its file.
final class Inputs {
    private Inputs() {}

    /// The bytes of a file or pipe.
    ///
    /// @param limit most bytes
    /// @throws CommandException if there are more
    /// @throws FileSystemException if it cannot be read
    static byte[] read(Path file, int limit) throws IOException {
        notFolder(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new CommandException(file + ": more than the limit of " + limit + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw named(file, e);
        }
    }

    /// Refuses what is no file, pipe or device.
    static void present(Path file) throws IOException {
        notFolder(file);
        exists(file);
    }

    /// Refuses a file or folder that is not there.
    static void exists(Path path) throws IOException {
        if (Files.notExists(path)) {
            throw new NoSuchFileException(path.toString());
        }
    }

    /// Refuses what cannot be read twice or mapped: pipes, devices, folders.
    ///
    /// @throws FileSystemException if it is not a regular file
    static void regular(Path file) throws IOException {
        notFolder(file);
        exists(file);
        if (!Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "is a pipe or device; a regular file is needed");
        }
    }

    private static void notFolder(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a folder, not a file");
        }
    }

    /// The failure with the name of the file that failed; streams do not know theirs.
    static FileSystemException named(Path file, IOException e) {
        if (e instanceof FileSystemException f) {
            return f;
        }
        FileSystemException named = new FileSystemException(file.toString(), null, e.getMessage());
        named.initCause(e);
        return named;
    }
}
