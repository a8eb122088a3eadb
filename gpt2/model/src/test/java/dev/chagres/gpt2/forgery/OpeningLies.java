package dev.chagres.gpt2.forgery;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.field.M31;
import dev.chagres.kernel.Memory;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.RowEncoder;
import dev.chagres.prove.commit.TensorSource;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.statement.Binding;
import dev.chagres.tensor.Column;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Openings of something else than what is committed.
final class OpeningLies {
    /// log2 of a row that is sent in clear.
    private static final int SHORT = 12;

    private OpeningLies() {}

    private static Forged forged(CheatingProver p, Moves moves) {
        return forged(p, p.verifyingKey, p.key.commitment(TestHosts.of(1)), _ -> moves);
    }

    private static Forged forged(CheatingProver p, VerifyingKey key, MatrixCommitment weights,
            Function<CheatingProver.Run, Moves> moves) {
        try (CheatingProver.Run r = p.new Run(p.sequence, Map.of())) {
            Lookups.count(r.graph, r.witness);
            try (ForgedStream stream = new ForgedStream(r.graph, key.parameters(), weights,
                    Verifier.publicInput(key, r.about, Binding.NONE), r.witness, moves.apply(r))) {
                return Forged.of(key, r.about, stream.whole());
            }
        }
    }

    /// The root is that of no tree.
    static Forged root(CheatingProver p) {
        return forged(p, new Moves() {
            @Override
            public byte[] message(int fork, String tag, byte[] data) {
                if (tag.equals("witness")) {
                    data[0] ^= 1;
                }
                return data;
            }
        });
    }

    /// A matrix with another value in it is committed.
    private static Forged otherValues(CheatingProver p, VerifyingKey key, MatrixCommitment weights) {
        return forged(p, key, weights, r -> {
            Column changed = r.column("embedding.x");
            HostTensor other = TestTensors.zero(changed.shape(), 32);
            for (long x = 0; x < other.size(); x++) {
                other.set(x, r.witness.of(changed).get(x) + (x == 3 ? 1 : 0));
            }
            return new Moves() {
                @Override
                public TileSource committed(TileSource values) {
                    return new TensorSource(c -> c.equals(changed) ? other : HostTensor.of(r.witness.of(c)));
                }
            };
        });
    }

    /// A matrix with another value in it is committed; levels and values in clear are those of the proof.
    static Forged values(CheatingProver p) {
        return otherValues(p, p.verifyingKey, p.key.commitment(TestHosts.of(1)));
    }

    /// The same under a key of short rows, which needs no levels: the values in clear are compared with the committed
    /// columns.
    static Forged valuesInClear(CheatingProver p) {
        VerifyingKey own = p.verifyingKey;
        CommitmentParameters c = own.parameters();
        CommitmentParameters flat = new CommitmentParameters(SHORT, c.rateBits(), c.queries(), 0, List.of(),
                c.lookupGrindingBits(), c.targetBits());
        MatrixLayout layout = MatrixLayout.of(own.spec().compile(p.sequence).graph().keyColumns(), SHORT);
        try (MatrixCommitment weights = MatrixCommitment.commit(flat, layout,
                new TensorSource(column -> p.keyTensor(column.name())), TestHosts.of(1))) {
            return otherValues(p, new VerifyingKey(own.name(), own.tokenizer(), own.spec(), flat, weights.root()),
                    weights);
        }
    }

    /// Rows of zeros are committed as rows of p.
    static Forged notCanonical(CheatingProver p) {
        long words = 1L << p.verifyingKey.parameters().codeBits(0);
        return forged(p, new Moves() {
            @Override
            public Optional<UnaryOperator<RowEncoder>> tampering() {
                return Optional.of(honest -> (row, coefficients, codeword) -> {
                    honest.encode(row, coefficients, codeword);
                    long zeros = 0;
                    while (zeros < words && Memory.getInt(codeword, zeros) == 0) {
                        zeros++;
                    }
                    for (long q = 0; zeros == words && q < words; q++) {
                        Memory.setInt(codeword, q, M31.P);
                    }
                });
            }
        });
    }
}
