package dev.chagres.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads files whose length somebody else chose. Nothing that verifies bytes comes here: a verifier of bytes needs no
/// file system.
final class BoundedFiles {
    private BoundedFiles() {}

    /// All bytes of a file or of a stream that has a path, such as `/dev/stdin`.
    ///
    /// @param limit most bytes that are read
    /// @throws IOException naming the file: it is missing, a folder, longer than the limit, or cannot be read
    static byte[] read(Path file, int limit) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a folder, not a file");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(limit + 1);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(file.toString(), null, "no such file");
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(file.toString(), null, "permission denied");
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) { // from the stream, which does not know its name
            throw failure(file, e.getMessage(), e);
        }
        if (bytes.length > limit) {
            throw new FileSystemException(file.toString(), null, "more than the limit of " + limit + " bytes");
        }
        return bytes;
    }

    /// A failure whose message names the file.
    static FileSystemException failure(Path file, String reason, Exception cause) {
        FileSystemException e = new FileSystemException(file.toString(), null, reason);
        e.initCause(cause);
        return e;
    }
}
