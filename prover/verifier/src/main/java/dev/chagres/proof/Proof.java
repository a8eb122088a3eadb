package dev.chagres.proof;

import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A `.proof` file: magic, digest of the verifying key, prompt length, ids, proof stream to the end (docs/formats.md).
///
/// @param keyDigest which key the proof was made for; informative, the verifier uses its own key's digest
/// @param sequence the statement: prompt and generated ids
/// @param stream messages of the protocol
public record Proof(byte[] keyDigest, TokenSequence sequence, byte[] stream) {
    private static final byte[] MAGIC = "CHGRSPF1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST_BYTES = 32;
    private static final int HEADER_BYTES = MAGIC.length + DIGEST_BYTES + 8;

    public byte[] encode() {
        byte[] statement = sequence.encode();
        return ByteBuffer.allocate(MAGIC.length + DIGEST_BYTES + statement.length + stream.length)
                .put(MAGIC).put(keyDigest).put(statement).put(stream).array();
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
}
