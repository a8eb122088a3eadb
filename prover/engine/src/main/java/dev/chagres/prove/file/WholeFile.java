package dev.chagres.prove.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file that appears whole or not at all, also when the process is killed: it is written under a temporary name beside its
/// target, synced, and renamed.
///
/// A temporary file is named `TARGET.<16 hex digits>.part` and locked while it is written. The system drops the lock
/// with the process, so a temporary file without a lock is one that a killed process left behind.
public final class WholeFile implements AutoCloseable {
    private static final Pattern TEMPORARY = Pattern.compile("(.+)\\.[0-9a-f]{16}\\.part", Pattern.DOTALL);

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;

    private WholeFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /// Starts a file; `target` is untouched until [#commit()].
    ///
    /// @throws IOException as [#check(Path)], or if the temporary file cannot be created
    public static WholeFile create(Path target) throws IOException {
        check(target);
        Path temporary = target.resolveSibling(
                target.getFileName() + "." + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
                + ".part");
        FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        lock(channel);
        return new WholeFile(target, temporary, channel);
    }

    /// Writes a whole file.
    public static void write(Path target, byte[] bytes) throws IOException {
        try (WholeFile file = create(target)) {
            ByteBuffer b = ByteBuffer.wrap(bytes);
            while (b.hasRemaining()) {
                file.channel.write(b);
            }
            file.commit();
        }
    }

    /// Finds out, without writing, whether a file can appear at `target`: before the work on its content starts.
    ///
    /// @throws IOException if the folder is missing or not writable, or something that is not a file is in the way
    public static void check(Path target) throws IOException {
        if (target.getFileName() == null || Files.exists(target) && !Files.isRegularFile(target)) {
            throw new FileSystemException(target.toString(), null, "is not a file");
        }
        Path folder = folder(target);
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        if (!Files.isWritable(folder)) {
            throw new AccessDeniedException(folder.toString());
        }
    }

    /// The open temporary file, empty at first, for reading and writing.
    public FileChannel channel() {
        return channel;
    }

    /// Syncs the content and makes it appear at the target, in place of what was there.
    public void commit() throws IOException {
        channel.force(true);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        channel.close();
        syncFolder(folder(target));
    }

    /// Removes the temporary file if it was not committed.
    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            Files.deleteIfExists(temporary);
            channel.close();
        }
    }

    /// Removes what killed processes left of the file `target`.
    public static void removeStale(Path target) throws IOException {
        String name = target.getFileName().toString();
        removeStale(folder(target), name::equals);
    }

    /// Removes temporary files that killed processes left in a folder.
    ///
    /// @param targets which names of targets are looked at
    /// @return how many files were removed
    public static int removeStale(Path folder, Predicate<String> targets) throws IOException {
        int removed = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Matcher m = TEMPORARY.matcher(file.getFileName().toString());
                if (m.matches() && targets.test(m.group(1)) && Files.isRegularFile(file) && unlocked(file)) {
                    Files.deleteIfExists(file);
                    removed++;
                }
            }
        }
        return removed;
    }

    private static boolean unlocked(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return lock(channel);
        } catch (NoSuchFileException e) {
            return false; // its process has just renamed or removed it
        }
    }

    /// Whether the lock is held now; on a file system without locks never, so that nothing is taken for stale there.
    private static boolean lock(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException | IOException e) {
            return false;
        }
    }

    private static Path folder(Path target) {
        Path parent = target.getParent();
        return parent == null ? target.getFileSystem().getPath("") : parent;
    }

    /// Makes the rename durable where folders can be synced.
    private static void syncFolder(Path folder) throws IOException {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
