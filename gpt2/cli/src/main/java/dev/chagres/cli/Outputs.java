package dev.chagres.cli;

import dev.chagres.prove.file.WholeFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a command puts its results. All is tried before the work starts, which may take hours.
final class Outputs {
    private Outputs() {}

    /// Makes sure that a file can appear: its temporary file is made once and removed.
    ///
    /// @throws IOException naming file or folder if it cannot
    static void check(Path file) throws IOException {
        WholeFile.check(file);
        WholeFile.removeStale(file);
        try (WholeFile trial = WholeFile.create(file)) {
            trial.channel().position(0);
        } catch (FileSystemException e) { // names the temporary file, which the user does not know
            FileSystemException named = new FileSystemException(file.toString(), null,
                    "cannot be made" + (e.getReason() == null ? "" : ": " + e.getReason()));
            named.initCause(e);
            throw named;
        } catch (IOException e) {
            throw Inputs.named(file, e);
        }
    }

    /// Writes a whole file.
    ///
    /// @throws IOException naming the file if it cannot be written
    static void write(Path file, byte[] bytes) throws IOException {
        try {
            WholeFile.write(file, bytes);
        } catch (IOException e) {
            throw Inputs.named(file, e);
        }
    }

    /// Makes a folder and those above it where there are none.
    ///
    /// @throws CommandException if something else is there
    /// @throws IOException naming the folder if it cannot be made or written to
    static void folder(Path folder) throws IOException {
        for (Path p = folder.toAbsolutePath().normalize(); p != null; p = p.getParent()) {
            if (Files.exists(p) && !Files.isDirectory(p)) {
                throw new CommandException(shown(folder, p) + " is not a folder");
            }
        }
        Files.createDirectories(folder);
        if (!Files.isWritable(folder)) {
            throw new AccessDeniedException(folder.toString());
        }
    }

    private static Path shown(Path given, Path found) {
        return found.equals(given.toAbsolutePath().normalize()) ? given : found;
    }
}
