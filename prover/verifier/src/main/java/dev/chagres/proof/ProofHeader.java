package dev.chagres.proof;

import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// What a proof file begins with, before its stream (docs/formats.md).
///
/// @param keyDigest which key the proof was made for
/// @param sequence the statement; null if it has more ids than were to be read
/// @param binding public bytes that the proof is bound to
/// @param bytes of all this
record ProofHeader(byte[] keyDigest, TokenSequence sequence, Binding binding, int bytes) {
    private static final String MAGIC = "CHGRSPF";
    private static final char VERSION = '3';
    private static final int MAGIC_BYTES = MAGIC.length() + 1;
    static final int DIGEST_BYTES = 32;
    private static final int FIXED_BYTES = MAGIC_BYTES + DIGEST_BYTES + 2 * Integer.BYTES;

    /// Reads the header and leaves the input behind it.
    ///
    /// @param maxIds of a sequence that is read
    /// @throws Rejection `format/header`, `format/ids` or `format/binding` if the bytes cannot be a proof
    static ProofHeader read(InputStream in, int maxIds) throws IOException, Rejection {
        byte[] fixed = in.readNBytes(FIXED_BYTES);
        String magic = new String(fixed, 0, Math.min(fixed.length, MAGIC_BYTES), StandardCharsets.ISO_8859_1);
        if (!magic.equals(MAGIC + VERSION) || fixed.length < FIXED_BYTES) {
            throw new Rejection("format/header", magic.length() == MAGIC_BYTES && magic.startsWith(MAGIC)
                    && magic.charAt(MAGIC.length()) != VERSION
                    ? "a proof of version " + magic.charAt(MAGIC.length()) + ", but this program reads version "
                            + VERSION + "; prove again"
                    : "not a Chagres proof");
        }
        ByteBuffer b = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN).position(MAGIC_BYTES);
        byte[] digest = new byte[DIGEST_BYTES];
        b.get(digest);
        int promptLength = b.getInt();
        int count = b.getInt();
        if (promptLength < 1 || count <= promptLength) {
            throw wrongIds(promptLength, count);
        }
        if (count > maxIds) {
            long bytes = (long) Integer.BYTES * count;
            if (skip(in, bytes) < bytes) {
                throw wrongIds(promptLength, count);
            }
            return new ProofHeader(digest, null, binding(in), 0);
        }
        byte[] encoded = in.readNBytes(Integer.BYTES * count);
        if (encoded.length < Integer.BYTES * count) {
            throw wrongIds(promptLength, count);
        }
        int[] ids = new int[count];
        ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ids);
        Binding binding = binding(in);
        return new ProofHeader(digest, new TokenSequence(ids, promptLength), binding,
                FIXED_BYTES + encoded.length + binding.encode().length);
    }

    private static Binding binding(InputStream in) throws IOException, Rejection {
        byte[] number = in.readNBytes(Integer.BYTES);
        int length = number.length < Integer.BYTES ? -1
                : ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).getInt();
        byte[] bytes = length < 0 || length > Binding.MAX_BYTES ? null : in.readNBytes(length);
        if (bytes == null || bytes.length < length) {
            throw new Rejection("format/binding", "no bytes, or " + length + " bytes, where the bound bytes are");
        }
        return Binding.of(bytes);
    }

    /// Passes over bytes without keeping them.
    ///
    /// @return how many there were, at most n
    private static long skip(InputStream in, long n) throws IOException {
        byte[] ignored = new byte[1 << 13];
        long done = 0;
        for (int read = 0; done < n && read >= 0; done += Math.max(read, 0)) {
            read = in.read(ignored, 0, (int) Math.min(ignored.length, n - done));
        }
        return done;
    }

    private static Rejection wrongIds(int promptLength, int count) {
        return new Rejection("format/ids", "a prompt of " + promptLength + " ids in a sequence of " + count);
    }

    /// What both parties absorb as the statement, and what the file says about it.
    static byte[] statement(TokenSequence sequence, Binding binding) {
        byte[] ids = sequence.encode();
        byte[] bound = binding.encode();
        return ByteBuffer.allocate(ids.length + bound.length).put(ids).put(bound).array();
    }

    /// The bytes of this header.
    ///
    /// @throws NullPointerException if the sequence was not read
    byte[] encode() {
        byte[] statement = statement(sequence, binding);
        return ByteBuffer.allocate(MAGIC_BYTES + DIGEST_BYTES + statement.length)
                .put((MAGIC + VERSION).getBytes(StandardCharsets.US_ASCII)).put(keyDigest).put(statement).array();
    }
}
