package dev.chagres.proof;

import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
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
    /// No stream is longer, whatever the key says.
    static final int MAX_STREAM_BYTES = 1 << 28;

    /// A proof that is bound to nothing.
    public Proof(byte[] keyDigest, TokenSequence sequence, byte[] stream) {
        this(keyDigest, sequence, Binding.NONE, stream);
    }

    /// The bytes of the file.
    public byte[] encode() {
        byte[] header = new ProofHeader(keyDigest, sequence, binding, 0).encode();
        return ByteBuffer.allocate(header.length + stream.length).put(header).put(stream).array();
    }

    /// Reads a proof file without verifying anything.
    ///
    /// @throws IOException naming the file if it cannot be read or is longer than any proof
    /// @throws Rejection `format/header`, `format/ids` or `format/binding` if it cannot be a proof
    public static Proof read(Path file) throws IOException, Rejection {
        try (InputStream in = BoundedFiles.open(file)) {
            ProofHeader header = ProofHeader.read(in, MAX_STREAM_BYTES / Integer.BYTES);
            byte[] stream = in.readNBytes(MAX_STREAM_BYTES + 1);
            if (header.sequence() == null || stream.length > MAX_STREAM_BYTES) {
                throw BoundedFiles.failure(file, "is longer than any proof", null);
            }
            return new Proof(header.keyDigest(), header.sequence(), header.binding(), stream);
        }
    }

    /// The proof of which these are the bytes.
    ///
    /// @throws Rejection `format/header`, `format/ids` or `format/binding` if the bytes cannot be a proof
    public static Proof decode(byte[] bytes) throws Rejection {
        try {
            ProofHeader header = ProofHeader.read(new ByteArrayInputStream(bytes), bytes.length / Integer.BYTES);
            return new Proof(header.keyDigest(), header.sequence(), header.binding(),
                    Arrays.copyOfRange(bytes, header.bytes(), bytes.length));
        } catch (IOException e) {
            throw new UncheckedIOException("an array of bytes cannot fail", e);
        }
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
        return "proof of " + sequence + (binding.isNone() ? "" : ", bound to " + binding)
                + ", for the key " + HexFormat.of().formatHex(keyDigest) + ", " + stream.length
                + " bytes";
    }
}
