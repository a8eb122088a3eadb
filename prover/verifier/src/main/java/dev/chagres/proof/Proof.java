package dev.chagres.proof;

import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/// A `.proof` file: magic, digest of the verifying key, prompt length, ids, bound bytes, proof stream to the end
/// (docs/formats.md).
///
/// @param keyDigest which key the proof was made for; informative, the verifier uses its own key's digest
/// @param sequence the statement: prompt and generated ids
/// @param binding public bytes that the proof is bound to
/// @param stream messages of the protocol
public record Proof(byte[] keyDigest, TokenSequence sequence, Binding binding, byte[] stream) {
    private static final byte[] MAGIC = "CHGRSPF1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST_BYTES = 32;
    private static final int HEADER_BYTES = MAGIC.length + DIGEST_BYTES + 8;
    /// No proof comes near this size.
    private static final int MAX_FILE_BYTES = 1 << 28;

    /// A proof that is bound to nothing.
    public Proof(byte[] keyDigest, TokenSequence sequence, byte[] stream) {
        this(keyDigest, sequence, Binding.NONE, stream);
    }

    public byte[] encode() {
        byte[] statement = statement(sequence, binding);
        return ByteBuffer.allocate(MAGIC.length + DIGEST_BYTES + statement.length + stream.length)
                .put(MAGIC).put(keyDigest).put(statement).put(stream).array();
    }

    /// What both parties absorb as the statement, and what the file says about it.
    static byte[] statement(TokenSequence sequence, Binding binding) {
        byte[] ids = sequence.encode();
        byte[] bound = binding.encode();
        return ByteBuffer.allocate(ids.length + bound.length).put(ids).put(bound).array();
    }

    /// The bytes of a proof file, which may be anything.
    ///
    /// @throws IOException naming the file if it cannot be read or is longer than any proof
    public static byte[] readBytes(Path file) throws IOException {
        return BoundedFiles.read(file, MAX_FILE_BYTES);
    }

    /// @throws Rejection `format/header`, `format/ids` or `format/binding` if the bytes cannot be a proof
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
        b.position(HEADER_BYTES + 4 * count);
        Binding binding = binding(b);
        byte[] stream = Arrays.copyOfRange(bytes, b.position(), bytes.length);
        return new Proof(digest, new TokenSequence(ids, promptLength), binding, stream);
    }

    private static Binding binding(ByteBuffer b) throws Rejection {
        int length = b.remaining() < Integer.BYTES ? -1 : b.getInt();
        if (length < 0 || length > Math.min(Binding.MAX_BYTES, b.remaining())) {
            throw new Rejection("format/binding", "no bytes, or " + length + " bytes, where the bound bytes are");
        }
        byte[] bytes = new byte[length];
        b.get(bytes);
        return Binding.of(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Proof p && Arrays.equals(keyDigest, p.keyDigest) && sequence.equals(p.sequence)
                && binding.equals(p.binding) && Arrays.equals(stream, p.stream);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * Arrays.hashCode(keyDigest) + sequence.hashCode()) + binding.hashCode())
                + Arrays.hashCode(stream);
    }

    @Override
    public String toString() {
        return "proof of " + sequence + (binding.isNone() ? "" : ", bound to " + binding) + ", for the key " + HexFormat.of().formatHex(keyDigest) + ", " + stream.length
                + " bytes";
    }
}
