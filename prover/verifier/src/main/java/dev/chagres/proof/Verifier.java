package dev.chagres.proof;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.SecurityAccount;
import dev.chagres.graph.Graph;
import dev.chagres.statement.Binding;
import dev.chagres.statement.StatementException;
import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import dev.chagres.verify.ProofVerifier;
import dev.chagres.verify.PublicInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/// Verifies proofs against one key. Any bytes give a verdict; the key comes from the verifier's side and nothing about
/// it is read from the proof.
public final class Verifier {
    private final VerifyingKey key;

    public Verifier(VerifyingKey key) {
        this.key = key;
    }

    /// @param proof the bytes of a proof file
    public Verdict verify(byte[] proof) {
        try {
            return verify(new Input(new ByteArrayInputStream(proof)) {
                @Override
                ByteBuffer stream(int header, int limit) {
                    return ByteBuffer.wrap(proof, header, proof.length - header).slice();
                }
            }).verdict();
        } catch (IOException e) {
            throw new UncheckedIOException("an array of bytes cannot fail", e);
        }
    }

    /// Verifies a proof file, or a proof that comes through a stream with a path. Of a file that is longer than any
    /// acceptable proof no more is read than tells this.
    ///
    /// @throws IOException naming the file if it cannot be read; what is read gives a verdict
    public Verdict verify(Path proof) throws IOException {
        return read(proof).verdict();
    }

    /// Verifies a proof that comes through a stream, as [#verify(Path)] does; every byte is read once.
    ///
    /// @throws IOException if the stream throws it; what is read gives a verdict
    public Verdict verify(InputStream proof) throws IOException {
        return read(proof).verdict();
    }

    /// Verifies as [#verify(Path)] does.
    ///
    /// @throws IOException as [#verify(Path)]
    public Reading read(Path proof) throws IOException {
        try (InputStream in = BoundedFiles.open(proof)) {
            return read(in);
        }
    }

    private Reading read(InputStream proof) throws IOException {
        return verify(new Input(proof) {
            @Override
            ByteBuffer stream(int header, int limit) throws IOException {
                return ByteBuffer.wrap(proof.readNBytes(limit));
            }
        });
    }

    /// A verdict and what was read for it.
    ///
    /// @param bytes of the proof: all of them if it is accepted
    /// @param account what the steps of the proof are worth; null if it was rejected before that was known
    public record Reading(Verdict verdict, long bytes, SecurityAccount account) {}

    /// A proof of which first the header, then the stream is wanted.
    private abstract static class Input {
        final InputStream header;

        Input(InputStream header) {
            this.header = header;
        }

        /// What follows the header, from position 0 of a buffer.
        ///
        /// @param header bytes of the header
        /// @param limit what lies behind so many bytes is not needed
        abstract ByteBuffer stream(int header, int limit) throws IOException;
    }

    private Reading verify(Input proof) throws IOException {
        long bytes = 0;
        SecurityAccount account = null;
        try {
            ProofHeader header = ProofHeader.read(proof.header, key.spec().limits().context() + 1);
            bytes = header.bytes();
            if (!Arrays.equals(header.keyDigest(), key.digest())) {
                throw new Rejection("statement/key", "the proof was made for another key");
            }
            if (header.sequence() == null) {
                throw new Rejection("statement/context", "more ids than the context of this model");
            }
            ProofShape shape = shape(graph(header.sequence()));
            account = account(shape);
            int longest = (int) ProofLength.longest(shape);
            ByteBuffer stream = proof.stream(header.bytes(), longest + 1);
            bytes += stream.remaining();
            if (stream.remaining() > longest) {
                throw new Rejection("format/length", "longer than any proof of this key and sequence: more than "
                        + longest + " bytes of messages");
            }
            ProofVerifier.verify(shape.graph(), key.parameters(), shape.space(),
                    publicInput(key, header.sequence(), header.binding()), stream);
            Ending ending = Ending.of(header.sequence(), key.spec().limits());
            Verdict accepted =
                    new Verdict.Accepted(header.sequence(), header.binding(), ending, account.level());
            return new Reading(accepted, bytes, account);
        } catch (Rejection r) {
            return new Reading(new Verdict.Rejected(r.check(), r.getMessage()), bytes, account);
        }
    }

    private Graph graph(TokenSequence sequence) throws Rejection {
        try {
            return key.spec().compile(sequence).graph();
        } catch (StatementException e) {
            throw new Rejection(e.check(), e.getMessage());
        }
    }

    private ProofShape shape(Graph graph) throws Rejection {
        AddressSpace space = fitting(() -> ProofShape.space(graph, key.parameters()));
        return new ProofShape(graph, key.parameters(), space, ChallengeCount.of(graph));
    }

    private SecurityAccount account(ProofShape shape) throws Rejection {
        SecurityAccount account = fitting(() -> ProofSecurity.of(shape));
        int required = ProofSecurity.requiredBits(key.parameters());
        if (!account.reaches(required)) {
            throw new Rejection("key/security", "a proof for this key is worth " + account.level()
                    + " bits, less than " + required);
        }
        return account;
    }

    private static <T> T fitting(Supplier<T> sized) throws Rejection {
        try {
            return sized.get();
        } catch (IllegalArgumentException e) {
            // The key columns fitted when the key was read: it is the witness that does not.
            throw new Rejection("statement/size", e.getMessage());
        }
    }

    /// What both parties absorb first.
    public static PublicInput publicInput(VerifyingKey key, TokenSequence sequence, Binding binding) {
        return new PublicInput(key.digest(), key.root(), ProofHeader.statement(sequence, binding));
    }
}
