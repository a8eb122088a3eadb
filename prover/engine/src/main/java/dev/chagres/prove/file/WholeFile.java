package dev.chagres.prove.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file that appears whole or not at all, also when the process is killed: it is written under a temporary name
/// beside its target, synced, and renamed. A symbolic link as target is followed: it stays, and what it points to is
/// replaced.
///
/// A temporary file is named `TARGET.<16 hex digits>.part`, with only the beginning of a long TARGET so that the name
/// fits where the target's does, and locked while it is written. The system drops the lock with the process, so a
/// temporary file without a lock is one that a killed process left behind.
public final class WholeFile implements AutoCloseable {
    private static final Pattern TEMPORARY = Pattern.compile("(.+)\\.[0-9a-f]{16}\\.part", Pattern.DOTALL);
    /// The usual limit of a name, 255 bytes, without the ending of a temporary one.
    private static final int MAX_PREFIX_BYTES = 255 - ".0123456789abcdef.part".length();
    private static final int MAX_LINKS = 40;

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;

    private WholeFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /// Starts a file; `target` is untouched until [#commit()]. Called before the work on the content starts, it finds
    /// out whether there is a place for it.
    ///
    /// @throws IOException as [#check(Path)], or naming the folder in which no file can be created
    public static WholeFile create(Path target) throws IOException {
        check(target);
        Path file = followed(target);
        Path temporary = file.resolveSibling(
                prefix(file) + "." + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()) + ".part");
        FileChannel channel;
        try {
            channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            throw denied(file, e);
        } catch (IOException e) {
            throw named(folder(file), "no file can be created here", e);
        }
        lock(channel);
        return new WholeFile(file, temporary, channel);
    }

    /// Writes a whole file.
    public static void write(Path target, byte[] bytes) throws IOException {
        try (WholeFile file = create(target)) {
            file.write(bytes);
            file.commit();
        }
    }

    /// Whether somebody else, in this process or another one, has a temporary file for the same target open. Of two who
    /// ask after making theirs, at least one is told so. Where the file system has no locks that cannot be known, and
    /// nobody has.
    public boolean contested() throws IOException {
        String name = prefix(target);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(target))) {
            for (Path file : files) {
                Matcher m = TEMPORARY.matcher(file.getFileName().toString());
                boolean same = m.matches() && m.group(1).equals(name);
                // Our own is not tried: that would give its lock up.
                if (same && !file.getFileName().equals(temporary.getFileName()) && lockedByOthers(file)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean lockedByOthers(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return channel.tryLock() == null;
        } catch (OverlappingFileLockException held) {
            return true; // by this process
        } catch (IOException e) {
            return false; // renamed or removed just now, or there are no locks
        }
    }

    /// Finds out, without writing, whether a file can appear at `target`: before the work on its content starts.
    ///
    /// @throws IOException if the folder is missing or not writable, the name too long, or something
    ///     that is not a file is in the way
    public static void check(Path target) throws IOException {
        Path file = followed(target);
        if (file.getFileName() == null || exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(target.toString(), null, "is not a file");
        }
        Path folder = folder(file);
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        if (!Files.isWritable(folder)) {
            throw new AccessDeniedException(folder.toString());
        }
    }

    /// As [Files#exists], but a name that no file can have is an error: also what does not fit cannot be written.
    private static boolean exists(Path file) throws IOException {
        try {
            Files.readAttributes(file, BasicFileAttributes.class);
            return true;
        } catch (NoSuchFileException | AccessDeniedException e) {
            return false; // of the folder the caller says more
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder(file))) {
                return false;
            }
            throw e;
        }
    }

    /// The open temporary file, empty at first, for reading and writing. What goes wrong with it is to be passed
    /// through [#failed(IOException)].
    public FileChannel channel() {
        return channel;
    }

    /// Appends bytes.
    ///
    /// @throws IOException naming the folder
    public void write(byte[] bytes) throws IOException {
        try {
            ByteBuffer b = ByteBuffer.wrap(bytes);
            while (b.hasRemaining()) {
                channel.write(b);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// A failure to write this file as an exception that names the folder: for a full disk the system names no file.
    public IOException failed(IOException e) {
        return e instanceof FileSystemException ? e : named(folder(target), null, e);
    }

    /// Syncs the content and makes it appear at the target, in place of what was there.
    public void commit() throws IOException {
        sync();
        rename();
    }

    /// Makes two files appear that belong together, `second` being of no use with another `first`: at every moment,
    /// also after a failure or a kill, `second` is absent or belongs to the `first` beside it. Both are complete on the
    /// disk before anything that was there is touched, so a full disk leaves the old pair.
    public static void commitPair(WholeFile first, WholeFile second) throws IOException {
        first.sync();
        second.sync();
        Files.deleteIfExists(second.target);
        syncFolder(folder(second.target));
        first.rename();
        second.rename();
    }

    private void sync() throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void rename() throws IOException {
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
        Path file = followed(target);
        removeStale(folder(file), prefix(file)::equals);
    }

    /// Removes temporary files that killed processes left in a folder.
    ///
    /// @param targets which names of targets are looked at; of long names, their beginnings
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

    /// The name of the target, or as many of its first characters as leave room for the ending.
    private static String prefix(Path target) {
        String name = target.getFileName().toString();
        int bytes = 0;
        int end = 0;
        while (end < name.length()) {
            int length = Character.charCount(name.codePointAt(end));
            bytes += name.substring(end, end + length).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_PREFIX_BYTES) {
                break;
            }
            end += length;
        }
        return name.substring(0, end);
    }

    /// Where a chain of symbolic links ends, whether something is there or not.
    private static Path followed(Path target) throws IOException {
        Path file = target;
        for (int i = 0; i < MAX_LINKS; i++) {
            if (!Files.isSymbolicLink(file)) {
                return file;
            }
            file = file.resolveSibling(Files.readSymbolicLink(file));
        }
        throw new FileSystemLoopException(target.toString());
    }

    private static IOException denied(Path file, AccessDeniedException e) {
        AccessDeniedException named = new AccessDeniedException(folder(file).toString());
        named.initCause(e);
        return named;
    }

    /// @param what may be null
    private static FileSystemException named(Path folder, String what, IOException e) {
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        String text = what == null ? reason : reason == null ? what : what + ": " + reason;
        String name = folder.toString().isEmpty() ? "." : folder.toString();
        FileSystemException named = new FileSystemException(name, null, text);
        named.initCause(e);
        return named;
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
