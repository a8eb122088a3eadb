package dev.chagres.proof;

import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/// A `.proof` file: magic, digest of the verifying key, prompt length, ids, proof stream to the end (docs/formats.md).
///
/// @param keyDigest which key the proof was made for; informative, the verifier uses its own key's digest
/// @param sequence the statement: prompt and generated ids
/// @param stream messages of the protocol
public record Proof(byte[] keyDigest, TokenSequence sequence, byte[] stream) {
    private static final byte[] MAGIC = "CHGRSPF1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST_BYTES = 32;
    private static final int HEADER_BYTES = MAGIC.length + DIGEST_BYTES + 8;
    /// No proof comes near this size.
    private static final int MAX_FILE_BYTES = 1 << 28;

    public byte[] encode() {
        byte[] statement = sequence.encode();
        return ByteBuffer.allocate(MAGIC.length + DIGEST_BYTES + statement.length + stream.length)
                .put(MAGIC).put(keyDigest).put(statement).put(stream).array();
    }

    /// The bytes of a proof file, which may be anything.
    ///
    /// @throws IOException naming the file if it cannot be read or is longer than any proof
    public static byte[] readBytes(Path file) throws IOException {
        return BoundedFiles.read(file, MAX_FILE_BYTES);
    }

    /// @throws Rejection `format/header` or `format/ids` if the bytes cannot be a proof
    public static Proof decode(byte[] bytes) throws Rejection {
        if (bytes.length < HEADER_BYTES || !Arrays.equals(Arrays.copyOf(bytes, MAGIC.length), MAGIC)) {
            throw new Rejection("format/header", "not a Chagres proof of version 1");
        }
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(MAGIC.length);
        byte[] digest = new byte[DIGEST_BYTES];
        b.get(digest);
        int promptLength = b.getInt();
        int count = b.getInt();
        if (promptLength < 1 || count <= promptLength || count > b.remaining() / 4) {
            throw new Rejection("format/ids", "a prompt of " + promptLength + " ids in a sequence of " + count);
        }
        int[] ids = new int[count];
        b.asIntBuffer().get(ids);
        byte[] stream = Arrays.copyOfRange(bytes, HEADER_BYTES + 4 * count, bytes.length);
        return new Proof(digest, new TokenSequence(ids, promptLength), stream);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Proof p && Arrays.equals(keyDigest, p.keyDigest) && sequence.equals(p.sequence)
                && Arrays.equals(stream, p.stream);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(keyDigest) + sequence.hashCode()) + Arrays.hashCode(stream);
    }

    @Override
    public String toString() {
        return "proof of " + sequence + " for the key " + HexFormat.of().formatHex(keyDigest) + ", " + stream.length
                + " bytes";
    }
}
