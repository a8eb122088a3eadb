package dev.chagres.prove.store;

import dev.chagres.kernel.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A temporary file for what does not fit in memory.
///
/// The file is locked while it is in use and deleted when it is closed; where the system allows it, its name is gone
/// from the start, so that not even a killed process leaves it behind. Files of processes that died elsewhere are
/// recognised by their missing lock and removed when the next one is opened.
final class SpillFile implements AutoCloseable {
    private static final String PREFIX = "chagres-spill-";
    private static final String SUFFIX = ".tmp";
    /// Bytes of one transfer.
    private static final long TRANSFER = 1 << 24;

    private final Path path;
    private final FileChannel channel;

    private SpillFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Creates a spill file in a folder and removes abandoned ones.
    ///
    /// @throws UncheckedIOException naming the folder, if it cannot be written
    static SpillFile create(Path folder) {
        try {
            Files.createDirectories(folder);
            removeAbandoned(folder);
            Path path = Files.createTempFile(folder, PREFIX, SUFFIX);
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw new IOException(path + " is in use");
            }
            if (unlinksOpenFiles()) {
                Files.delete(path);
            }
            return new SpillFile(path, channel);
        } catch (IOException e) {
            throw new UncheckedIOException("the spill folder " + folder + " cannot be used", e);
        }
    }

    private static boolean unlinksOpenFiles() {
        return !System.getProperty("os.name").startsWith("Windows");
    }

    /// Deletes spill files that no process has locked.
    static void removeAbandoned(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
            for (Path file : files) {
                if (abandoned(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static boolean abandoned(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // of this process
        } catch (java.nio.file.NoSuchFileException e) {
            return false; // its owner was quicker
        }
    }

    /// Writes `bytes` bytes of memory at a position of the file.
    ///
    /// @throws UncheckedIOException naming the folder, for example when the disk is full
    void write(long position, long address, long bytes) {
        try {
            for (long done = 0; done < bytes;) {
                ByteBuffer chunk = view(address + done, Math.min(TRANSFER, bytes - done));
                while (chunk.hasRemaining()) {
                    done += channel.write(chunk, position + done);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to the spill folder " + path.getParent(), e);
        }
    }

    /// Reads `bytes` bytes at a position of the file to memory. May be called from several threads.
    ///
    /// @throws UncheckedIOException naming the folder
    void read(long position, long address, long bytes) {
        try {
            for (long done = 0; done < bytes;) {
                ByteBuffer chunk = view(address + done, Math.min(TRANSFER, bytes - done));
                while (chunk.hasRemaining()) {
                    int n = channel.read(chunk, position + done);
                    if (n < 0) {
                        throw new IOException("the spill file is too short");
                    }
                    done += n;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("reading from the spill folder " + path.getParent(), e);
        }
    }

    private static ByteBuffer view(long address, long bytes) {
        return Memory.ALL.asSlice(address, bytes).asByteBuffer();
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("closing a spill file in " + path.getParent(), e);
        }
    }
}
