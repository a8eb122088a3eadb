package dev.chagres.gpt2.forgery;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.CommitmentParameters.Level;
import dev.chagres.commit.MerkleProof;
import dev.chagres.field.QM31;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.statement.Binding;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.Transcript;
import dev.chagres.verify.PublicInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Forgers who know a challenge before they say what it is to be a challenge for.
final class FiatShamirLies {
    /// Bytes of a stream before the nonce of the lookups.
    private static final int ROOT_BYTES = MerkleProof.NODE_BYTES;
    /// Bits of work that a key asks for before the queries into the first level.
    private static final int QUERY_WORK = 12;
    /// Bits of work that a key asks for before folds.
    private static final int FOLD_WORK = 4;
    /// Columns that are looked up by themselves, in tables of one column.
    private static final List<String> ALONE = List.of(WitnessLies.NORM + ".rhoLow", WitnessLies.NORM + ".rhoHigh",
            WitnessLies.NORM + ".quotientLow0");

    private FiatShamirLies() {}

    /// The transcript after the work before the lookup challenges.
    static Transcript beforeLookups(CheatingProver p, CheatingProver.Run r, byte[] root) {
        Transcript t = beforeWork(p, r, root);
        t.grind("lookup", p.verifyingKey.parameters().lookupGrindingBits());
        return t;
    }

    private static Transcript beforeWork(CheatingProver p, CheatingProver.Run r, byte[] root) {
        PublicInput input = Verifier.publicInput(p.verifyingKey, r.about, Binding.NONE);
        Transcript t = Transcript.start(PublicInput.PROTOCOL);
        t.absorb("key", input.keyDigest());
        t.absorb("statement", input.statement());
        t.absorb("witness", root);
        return t;
    }

    /// The proof for a key, under the digest of another key of the same weights and another name.
    static Forged anotherName(CheatingProver p) {
        VerifyingKey own = p.verifyingKey;
        VerifyingKey other = new VerifyingKey("another", own.tokenizer(), own.spec(), own.parameters(), own.root());
        byte[] proof = p.prove(p.sequence, Map.of(), own.parameters(), CheatingProver::nothing,
                CheatingProver::nothing);
        System.arraycopy(other.digest(), 0, proof, 8, other.digest().length);
        return new Forged(other.encode(), proof);
    }

    /// Another nonce with the same work, put in when everything after it has been made.
    static Forged anotherNonce(CheatingProver p) {
        try (CheatingProver.Run r = p.new Run(p.sequence, Map.of())) {
            Lookups.count(r.graph, r.witness);
            try (ForgedStream s = Outcome.stream(p, r, Moves.NONE)) {
                byte[] stream = s.whole();
                byte[] root = Arrays.copyOf(stream, ROOT_BYTES);
                ByteBuffer words = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
                int bits = p.verifyingKey.parameters().lookupGrindingBits();
                long nonce = words.getLong(ROOT_BYTES) + 1;
                while (!beforeWork(p, r, root).acceptNonce("lookup", bits, nonce)) {
                    nonce++;
                }
                words.putLong(ROOT_BYTES, nonce);
                return Forged.of(p.verifyingKey, r.about, stream);
            }
        }
    }

    /// A proof that does less work than the key asks for.
    ///
    /// @param lookups whether before the lookup challenges, else before the queries
    static Forged lessWork(CheatingProver p, boolean lookups) {
        VerifyingKey own = p.verifyingKey;
        // As many queries as without work.
        CommitmentParameters asked = lookups ? own.parameters() : working(own.parameters(), QUERY_WORK,
                own.parameters().lookupGrindingBits());
        CommitmentParameters done = working(asked, 0, lookups ? 0 : asked.lookupGrindingBits());
        VerifyingKey key = new VerifyingKey(own.name(), own.tokenizer(), own.spec(), asked, own.root());
        return StatementLies.prove(p, key, done, p.sequence);
    }

    /// A proof without the work before folds that the key asks for.
    static Forged noFoldWork(CheatingProver p) {
        VerifyingKey own = p.verifyingKey;
        VerifyingKey key = new VerifyingKey(own.name(), own.tokenizer(), own.spec(),
                folding(own.parameters(), FOLD_WORK), own.root());
        return StatementLies.prove(p, key, folding(own.parameters(), 0), p.sequence);
    }

    private static CommitmentParameters folding(CommitmentParameters c, int bits) {
        List<Level> levels = c.levels().stream()
                .map(l -> new Level(l.laneBits(), l.rateBits(), l.queries(), l.grindingBits(), bits)).toList();
        return new CommitmentParameters(c.k(), c.rateBits(), c.queries(), c.grindingBits(), bits, levels,
                c.lookupGrindingBits(), c.targetBits());
    }

    private static CommitmentParameters working(CommitmentParameters c, int queries, int lookups) {
        return new CommitmentParameters(c.k(), c.rateBits(), c.queries(), queries, c.levels(), lookups,
                c.targetBits());
    }

    /// Three opened values whose errors add up to nothing, neither in the leaf of their tree nor in the batch of all
    /// claims, whose challenge is known before they are said.
    static Forged valuesAfterGamma(CheatingProver p) {
        try (CheatingProver.Run r = p.new Run(p.sequence, Map.of())) {
            Lookups.count(r.graph, r.witness);
            byte[][] root = new byte[1][];
            List<Claim> claims;
            try (ForgedStream honest = Outcome.stream(p, r, new Moves() {
                @Override
                public byte[] message(int fork, String tag, byte[] data) {
                    root[0] = tag.equals("witness") ? data : root[0];
                    return data;
                }
            })) {
                claims = honest.claims();
            }
            Transcript t = beforeLookups(p, r, root[0]);
            t.challenges("lookup", 2);
            QM31 gamma = t.challenge("open/gamma");
            QM31[] powers = new QM31[ALONE.size()];
            for (int i = 0; i < powers.length; i++) {
                powers[i] = power(gamma, first(claims, ALONE.get(i)));
            }
            // Orthogonal to (1, 1, 1) and to the powers.
            QM31[] errors = {powers[2].sub(powers[1]), powers[0].sub(powers[2]), powers[1].sub(powers[0])};
            boolean[] said = new boolean[errors.length];
            return WitnessLies.proof(p, r, new Moves() {
                @Override
                public QM31 opened(Column column, QM31 value) {
                    int i = ALONE.indexOf(column.name());
                    if (i < 0 || said[i]) {
                        return value;
                    }
                    said[i] = true;
                    return value.add(errors[i]);
                }
            });
        }
    }

    private static int first(List<Claim> claims, String column) {
        for (int i = 0; i < claims.size(); i++) {
            if (claims.get(i).column().name().equals(column)) {
                return i;
            }
        }
        throw new IllegalStateException("no claim about " + column);
    }

    private static QM31 power(QM31 base, int exponent) {
        QM31 result = QM31.ONE;
        for (int i = 0; i < exponent; i++) {
            result = result.mul(base);
        }
        return result;
    }
}
