package dev.chagres.prove.key;

import dev.chagres.hash.Blake3;
import dev.chagres.model.KeyColumn;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.file.ContentDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The layout of a `.pk` file: a header, then the key columns and the commitment, each aligned to 64 bytes. All offsets
/// follow from the verifying key.
///
/// The header is the magic, the length and bytes of the verifying key, the [ContentDigest] of everything from the first
/// column on, and BLAKE3 of the header before it. Reading the content of a large key takes long, so only the header is
/// checked when a key is opened, and the content when something went wrong with it ([ProvingKey#check()]).
final class KeyFile {
    private static final String MAGIC = "CHGRSPK";
    private static final char VERSION = '5';
    private static final int LENGTH_BYTES = 4;
    private static final int FIXED_BYTES = MAGIC.length() + 1 + LENGTH_BYTES + 2 * ContentDigest.BYTES;

    private KeyFile() {}

    /// @param tensors offset of every column, in the order of [dev.chagres.model.Circuit#key()]
    /// @param commitment offset of the commitment
    /// @param end size of the file
    record Regions(List<Long> tensors, long commitment, long end) {
        /// Offset of what the digest in the header is about.
        long content() {
            return tensors.getFirst();
        }
    }

    /// @param content digest of the content
    record Header(VerifyingKey key, byte[] content) {}

    static Regions regions(VerifyingKey key, List<KeyColumn> columns) {
        List<Long> tensors = new ArrayList<>();
        long at = aligned(FIXED_BYTES + key.encode().length);
        for (KeyColumn c : columns) {
            tensors.add(at);
            at += aligned(c.bytes());
        }
        return new Regions(tensors, at, at + MatrixCommitment.storedBytes(key.parameters()));
    }

    /// The room that a column of `n` bytes takes.
    static long aligned(long n) {
        return (n + 63) & -64L;
    }

    static void writeHeader(FileChannel channel, Header header) throws IOException {
        byte[] encoded = header.key.encode();
        ByteBuffer b = ByteBuffer.allocate(FIXED_BYTES + encoded.length).order(ByteOrder.LITTLE_ENDIAN);
        b.put((MAGIC + VERSION).getBytes(StandardCharsets.US_ASCII)).putInt(encoded.length).put(encoded)
                .put(header.content);
        b.put(Blake3.hash(Arrays.copyOf(b.array(), b.position()))).flip();
        while (b.hasRemaining()) {
            channel.write(b, b.position());
        }
    }

    static Header readHeader(FileChannel channel) throws IOException {
        int start = MAGIC.length() + 1 + LENGTH_BYTES;
        ByteBuffer head = read(channel, 0, start);
        String magic = StandardCharsets.ISO_8859_1.decode(head.slice(0, MAGIC.length() + 1)).toString();
        if (!magic.startsWith(MAGIC)) {
            throw new IOException("not a Chagres proving key");
        }
        if (magic.charAt(MAGIC.length()) != VERSION) {
            throw new IOException("version " + magic.charAt(MAGIC.length())
                    + ", but this program reads version " + VERSION + "; run setup again");
        }
        int length = head.getInt(start - LENGTH_BYTES);
        if (length < 0 || length > VerifyingKey.MAX_BYTES) {
            throw new IOException("a verifying key of " + length + " bytes");
        }
        byte[] header = read(channel, 0, FIXED_BYTES + length).array();
        int content = start + length;
        int seal = content + ContentDigest.BYTES;
        if (!Arrays.equals(Blake3.hash(Arrays.copyOf(header, seal)), Arrays.copyOfRange(header, seal, header.length))) {
            throw new IOException("the header does not have its digest, so the file is damaged; run setup again");
        }
        return new Header(VerifyingKey.decode(Arrays.copyOfRange(header, start, content)),
                Arrays.copyOfRange(header, content, seal));
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
