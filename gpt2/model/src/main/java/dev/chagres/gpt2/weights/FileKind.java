package dev.chagres.gpt2.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a file is that is not what its name says, told from its first bytes, with the cure. Downloads of models fail
/// in few ways, and a parser's complaint about the ninth byte explains none of them.
public final class FileKind {
    /// Bytes that are looked at: the magic of tar is the last, at byte 257.
    private static final int PREFIX = 512;

    /// So many zeros at the beginning are no file of any kind.
    private static final int ZEROS = 16;

    /// What [#of] says of a safetensors file.
    static final String SAFETENSORS = "is a safetensors file";

    private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";
    private static final String CONVERT = "; convert the model to safetensors, for example with save_pretrained";
    private static final String UNPACK = "; unpack it first";
    private static final String AGAIN = "; download the file again";
    private static final String PICKLE = "is a Python pickle, as PyTorch writes .bin and .pt files" + CONVERT;

    /// A file format.
    ///
    /// @param at byte at which the magic stands
    /// @param bytes the magic, one character a byte
    /// @param text what to tell the user
    private record Magic(int at, String bytes, String text) {}

    private static final List<Magic> MAGICS = List.of(
            new Magic(0, "version https://git-lfs.github.com/spec/",
                    "is a Git LFS pointer and not the file itself; run 'git lfs pull' there, or download the file"),
            new Magic(0, "GGUF", "is a GGUF file; give it the ending .gguf, and name the file in place of a folder"),
            new Magic(0, "ggml", "is a GGML file, but GPT-2 is read from safetensors" + CONVERT),
            new Magic(0, "PK\u0003\u0004", "is a ZIP archive, as PyTorch writes .bin and .pt files" + CONVERT),
            new Magic(0, "\u0080\u0002", PICKLE),
            new Magic(0, "\u0080\u0003", PICKLE),
            new Magic(0, "\u0080\u0004", PICKLE),
            new Magic(0, "\u0080\u0005", PICKLE),
            new Magic(0, "\u0089HDF\r\n\u001a\n", "is an HDF5 file, as Keras and TensorFlow write" + CONVERT),
            new Magic(0, "\u0093NUMPY", "is a NumPy array" + CONVERT),
            new Magic(0, "\u001f\u008b", "is compressed with gzip" + UNPACK),
            new Magic(0, "BZh", "is compressed with bzip2" + UNPACK),
            new Magic(0, "\u00fd7zXZ\0", "is compressed with xz" + UNPACK),
            new Magic(0, "(\u00b5/\u00fd", "is compressed with zstd" + UNPACK),
            new Magic(0, "7z\u00bc\u00af\u0027\u001c", "is a 7z archive" + UNPACK),
            new Magic(257, "ustar", "is a tar archive" + UNPACK),
            new Magic(0, "%PDF-", "is a PDF document" + AGAIN),
            new Magic(0, "CHAGRESM", "is an integer model that 'quantize' wrote"),
            new Magic(0, "CHGRSPK", "is a proving key that 'setup' wrote"),
            new Magic(0, "CHGRSVK", "is a verifying key that 'setup' wrote"),
            new Magic(0, "CHGRSPF", "is a proof"));

    private FileKind() {}

    /// What the file is, as the rest of a sentence that begins with its name; empty if it is none of the known kinds.
    ///
    /// @param file the whole file, or at least its first 512 bytes
    public static Optional<String> of(MemorySegment file) {
        return of(file.asSlice(0, Math.min(PREFIX, file.byteSize())).toArray(ValueLayout.JAVA_BYTE));
    }

    /// As above, for bytes on the heap.
    static Optional<String> of(byte[] file) {
        if (file.length == 0) {
            return Optional.of("is empty" + AGAIN);
        }
        String first = new String(file, 0, Math.min(PREFIX, file.length), StandardCharsets.ISO_8859_1);
        for (Magic magic : MAGICS) {
            if (first.startsWith(magic.bytes, magic.at)) {
                return Optional.of(magic.text);
            }
        }
        if (file.length >= ZEROS && first.chars().allMatch(c -> c == 0)) {
            return Optional.of("begins with zeros only, its download was not finished" + AGAIN);
        }
        if (isSafetensors(first)) {
            return Optional.of(SAFETENSORS);
        }
        return document(first);
    }

    /// Texts of servers that came instead of the file.
    private static Optional<String> document(String first) {
        String plain = first.startsWith(BYTE_ORDER_MARK) ? first.substring(BYTE_ORDER_MARK.length()) : first;
        String start = plain.stripLeading().toLowerCase(Locale.ROOT);
        if (start.startsWith("<!doctype html") || start.startsWith("<html") || start.startsWith("<head")) {
            return Optional.of("is a web page (HTML), its download failed or needs a login" + AGAIN);
        }
        if (start.startsWith("<?xml") || start.startsWith("<error")) {
            return Optional.of("is an XML document, perhaps the error message of a download" + AGAIN);
        }
        return Optional.empty();
    }

    /// A header length below 2^32 and the brace that opens the header.
    private static boolean isSafetensors(String first) {
        return first.startsWith("\0\0\0\0{", 4);
    }
}
