package dev.chagres.prove.key;

import dev.chagres.model.KeyColumn;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.commit.MatrixCommitment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The layout of a `.pk` file: magic, length and bytes of the verifying key, then the key columns and the commitment,
/// each aligned to 64 bytes. All offsets follow from the verifying key.
final class KeyFile {
    private static final byte[] MAGIC = "CHGRSPK2".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 12;
    private static final int MAX_KEY_BYTES = 1 << 24;

    private KeyFile() {}

    /// @param tensors offset of every key column, in commitment order
    /// @param commitment offset of the commitment
    /// @param end size of the file
    record Regions(List<Long> tensors, long commitment, long end) {}

    static Regions regions(VerifyingKey key, List<KeyColumn> columns) {
        List<Long> tensors = new ArrayList<>();
        long at = aligned(HEADER_BYTES + key.encode().length);
        for (KeyColumn c : columns) {
            tensors.add(at);
            at = aligned(at + c.bytes());
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
