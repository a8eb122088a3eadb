package dev.chagres.gpt2.key;

import dev.chagres.gpt2.verify.VerifyingKey;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.gpt2.graph.KeyTensors;
import dev.chagres.graph.Graph;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.tensor.Column;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// The layout of a `.pk` file: magic, length and bytes of the verifying key, then the key columns and the commitment, each
/// aligned to 64 bytes. All offsets follow from the verifying key.
final class KeyFile {
    private static final byte[] MAGIC = "CHGRSPK2".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 12;
    private static final int MAX_KEY_BYTES = 1 << 24;

    private KeyFile() {}

    /// @param tensors offset of every key column by name
    /// @param commitment offset of the commitment
    /// @param end size of the file
    record Regions(Map<String, Long> tensors, long commitment, long end) {}

    static Regions regions(VerifyingKey key, Graph graph) {
        Map<String, Long> tensors = new LinkedHashMap<>();
        long at = aligned(HEADER_BYTES + key.encode().length);
        for (Column c : graph.keyColumns()) {
            tensors.put(c.name(), at);
            at = aligned(at + c.shape().size() * (KeyTensors.width(c) / 8));
        }
        return new Regions(tensors, at, at + MatrixCommitment.storedBytes(key.parameters()));
    }

    private static long aligned(long n) {
        return (n + 63) & -64L;
    }

    static void writeHeader(FileChannel channel, VerifyingKey key) throws IOException {
        byte[] encoded = key.encode();
        ByteBuffer b = ByteBuffer.allocate(HEADER_BYTES + encoded.length).order(ByteOrder.LITTLE_ENDIAN);
        b.put(MAGIC).putInt(encoded.length).put(encoded).flip();
        long at = 0;
        while (b.hasRemaining()) {
            at += channel.write(b, at);
        }
    }

    static VerifyingKey readHeader(FileChannel channel) throws IOException {
        ByteBuffer head = read(channel, 0, HEADER_BYTES);
        byte[] magic = new byte[MAGIC.length];
        head.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new IOException("not a Chagres proving key of version 2");
        }
        int length = head.getInt();
        if (length < 0 || length > MAX_KEY_BYTES) {
            throw new IOException("a verifying key of " + length + " bytes");
        }
        return VerifyingKey.decode(read(channel, HEADER_BYTES, length).array());
    }

    private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (b.hasRemaining()) {
            int n = channel.read(b, position + b.position());
            if (n < 0) {
                throw new IOException("the file ends early");
            }
        }
        return b.flip();
    }
}
