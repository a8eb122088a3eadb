package dev.chagres.gpt2.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Edits of valid bytes that a fuzzer chooses: parsers behind a digest or a canonical form are not reached by bytes
/// from nothing.
final class Edits {
    private static final int MOST = 8;

    private Edits() {}

    /// The bytes after up to eight edits.
    static byte[] of(byte[] valid, FuzzedDataProvider data) {
        byte[] bytes = valid.clone();
        for (int i = data.consumeInt(1, MOST); i > 0; i--) {
            bytes = edit(bytes, data);
        }
        return bytes;
    }

    private static byte[] edit(byte[] bytes, FuzzedDataProvider data) {
        if (bytes.length == 0) {
            return data.consumeBytes(16);
        }
        // Headers are short and decide more than the rest.
        int end = data.consumeBoolean() ? Math.min(bytes.length, 256) : bytes.length;
        int at = data.consumeInt(0, end - 1);
        return switch (data.consumeInt(0, 5)) {
            case 0 -> {
                bytes[at] = data.consumeByte();
                yield bytes;
            }
            case 1 -> {
                bytes[at] ^= (byte) (1 << data.consumeInt(0, 7));
                yield bytes;
            }
            case 2 -> put(bytes, at & -4, data.consumeInt());
            case 3 -> Arrays.copyOf(bytes, at);
            case 4 -> replace(bytes, at, at + data.consumeInt(0, Math.min(64, bytes.length - at)),
                    data.consumeBytes(32));
            default -> {
                int from = data.consumeInt(0, bytes.length - 1);
                int n = data.consumeInt(0, Math.min(64, bytes.length - Math.max(from, at)));
                System.arraycopy(bytes, from, bytes, at, n);
                yield bytes;
            }
        };
    }

    private static byte[] put(byte[] bytes, int at, int word) {
        for (int i = 0; i < 4 && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (word >> 8 * i);
        }
        return bytes;
    }

    private static byte[] replace(byte[] bytes, int from, int to, byte[] inserted) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(inserted);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }
}
