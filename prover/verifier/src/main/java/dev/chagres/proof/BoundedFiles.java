package dev.chagres.proof;

import java.io.FilterInputStream;
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
        byte[] bytes;
        try (InputStream in = open(file)) {
            bytes = in.readNBytes(limit + 1);
        }
        if (bytes.length > limit) {
            throw new FileSystemException(file.toString(), null, "more than the limit of " + limit + " bytes");
        }
        return bytes;
    }

    /// A file or a stream that has a path, to be read as far as the reader wants.
    ///
    /// @throws IOException as [#read(Path, int)], now and from every method of the stream
    static InputStream open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a folder, not a file");
        }
        try {
            return new Named(file, Files.newInputStream(file));
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(file.toString(), null, "no such file");
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(file.toString(), null, "permission denied");
        }
    }

    /// A stream whose failures name its file.
    private static final class Named extends FilterInputStream {
        private final Path file;

        Named(Path file, InputStream in) {
            super(in);
            this.file = file;
        }

        @Override
        public int read() throws IOException {
            try {
                return in.read();
            } catch (IOException e) {
                throw named(e);
            }
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                return in.read(into, offset, length);
            } catch (IOException e) {
                throw named(e);
            }
        }

        /// As the stream itself does it: a file of known length into one array.
        @Override
        public byte[] readNBytes(int length) throws IOException {
            try {
                return in.readNBytes(length);
            } catch (IOException e) {
                throw named(e);
            }
        }

        private IOException named(IOException e) {
            return e instanceof FileSystemException ? e : failure(file, e.getMessage(), e);
        }
    }

    /// A failure whose message names the file.
    static FileSystemException failure(Path file, String reason, Exception cause) {
        FileSystemException e = new FileSystemException(file.toString(), null, reason);
        e.initCause(cause);
        return e;
    }
}
