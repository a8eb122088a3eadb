package dev.chagres.cli;

import dev.chagres.gpt2.weights.FileKind;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file that may be anything: its kind by its first bytes, and its content where that is small enough to be read.
///
/// @param path   as given
/// @param kind   by the first bytes
/// @param size   bytes
/// @param bytes  the content of a proof, of a verifying key and of a stream; the first bytes of any other file
/// @param isFile that can be mapped, and is no stream
record FileContent(Path path, Kind kind, long size, byte[] bytes, boolean isFile) {
    private static final String STANDARD_INPUT = "-";
    private static final int FIRST_BYTES = 512;
    /// No proof and no verifying key comes near this size.
    private static final int MAX_READ = 1 << 28;

    /// What a file is.
    enum Kind {
        VERIFYING_KEY("verifying key", "CHGRSVK"),
        PROVING_KEY("proving key", "CHGRSPK"),
        PROOF("proof", "CHGRSPF"),
        INTEGER_MODEL("integer model", "CHAGRESM"),
        OTHER("something else", "");

        private final String text;
        private final String magic;

        Kind(String text, String magic) {
            this.text = text;
            this.magic = magic;
        }

        String text() {
            return text;
        }

        private static Kind of(String start) {
            for (Kind kind : values()) {
                if (start.startsWith(kind.magic)) {
                    return kind;
                }
            }
            return OTHER;
        }
    }

    /// What a file of [Kind#OTHER] is, as the rest of a sentence that begins with its name.
    String otherKind() {
        String start = new String(bytes, 0, Math.min(bytes.length, FIRST_BYTES), StandardCharsets.ISO_8859_1);
        return FileKind.of(MemorySegment.ofArray(bytes)).orElse(start.stripLeading().startsWith("{")
                ? "is a JSON text, perhaps of the folder of a model" : "is no file that Chagres knows");
    }

    /// Looks at a file or stream; `-` is standard input.
    ///
    /// @throws IOException naming the file if it cannot be read
    /// @throws CommandException if it is a folder, or a stream of something that is only used as a file
    static FileContent of(Path path) throws IOException {
        boolean standard = path.toString().equals(STANDARD_INPUT);
        if (!standard && Files.isDirectory(path)) {
            throw new CommandException(path + ": is a folder, not a file" + (Files.exists(path.resolve("config.json"))
                    ? "; it looks like a model for 'quantize --model'" : ""));
        }
        boolean isFile = !standard && Files.isRegularFile(path);
        try (InputStream in = standard ? System.in : Files.newInputStream(path)) {
            byte[] first = in.readNBytes(FIRST_BYTES);
            Kind kind = Kind.of(new String(first, StandardCharsets.ISO_8859_1));
            boolean small = kind == Kind.VERIFYING_KEY || kind == Kind.PROOF;
            if (!isFile && kind == Kind.PROVING_KEY) {
                throw new CommandException(path + ": is a stream; a proving key is inspected as a file");
            }
            if (isFile && !small) {
                return new FileContent(path, kind, Files.size(path), first, true);
            }
            byte[] bytes = whole(first, in, path);
            return new FileContent(path, kind, bytes.length, bytes, isFile);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw new CommandException(path + ": " + e.getMessage(), e);
        }
    }

    private static byte[] whole(byte[] first, InputStream in, Path path) throws IOException {
        byte[] rest = in.readNBytes(MAX_READ - first.length + 1);
        if (first.length + rest.length > MAX_READ) {
            throw new CommandException(path + ": more than the limit of " + MAX_READ + " bytes");
        }
        byte[] bytes = new byte[first.length + rest.length];
        System.arraycopy(first, 0, bytes, 0, first.length);
        System.arraycopy(rest, 0, bytes, first.length, rest.length);
        return bytes;
    }
}
