package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.QM31;
import dev.chagres.lookup.Lookup;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.Transcript;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fraction trees of a forger whose lookups do not balance: leaves where the tree has none, and a root of the tables
/// that balances.
class TreeForgeryTest {
    @TempDir
    private static Path folder;

    private static CheatingProver prover;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, "1x4x20x20x32", 13);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    private static Outcome outcome(boolean lie, Moves moves) {
        try (CheatingProver.Run r = prover.new Run(prover.sequence, Map.of())) {
            if (lie) {
                // A reciprocal root one too large, in a padded row.
                NormRow n = new NormRow(r, "layer0.norm1", "embedding.x", r.rows() - 1);
                n.rho++;
                n.rootPair -= n.two;
                n.from(NormRow.Step.LIMBS);
                n.write();
            }
            return Outcome.of(prover, r, moves, false);
        }
    }

    /// A segment more at the end of a section's tree, where absent leaves are 0/1.
    @Test
    void absentLeavesContributeNothing() {
        assertThat(outcome(false, new Moves() {
            @Override
            public List<Lookup> looked(List<Lookup> segments) {
                List<Lookup> more = new ArrayList<>(segments);
                // The smallest goes last.
                more.add(segments.stream().min((a, b) -> a.shape().lowBits() - b.shape().lowBits()).orElseThrow());
                return more;
            }
        }).check()).startsWith("lookup/leaf-");
    }

    /// The numerator of the tables is the one that balances a false lookup; every check of their tree and of its leaves
    /// holds, because children and one multiplicity are said to be what they ask for. A false claim about that
    /// multiplicity is left.
    @Test
    void aBalancingRootEndsInAFalseClaim() {
        assertThat(outcome(true, Moves.NONE).check()).isEqualTo("lookup/balance");
        Outcome o = outcome(true, new Balancing());
        // The list of what is false has the tuple itself, and nothing of the tree.
        assertThat(o.violated()).containsExactly("layer0.norm1.rootPair");
        assertThat(o.check()).isEqualTo("open/batch");
    }

    /// Follows the transcript of the tables' fork and adapts messages.
    private static final class Balancing implements Moves {
        private final int tables;
        private Transcript shadow;
        /// sum P/Q of all sections.
        private QM31 sum = QM31.ZERO;
        private int layer;
        private int left;
        private QM31[] r = new QM31[0];
        private QM31[] next;
        private QM31 lambda = QM31.ZERO;
        /// What the verifier believes, and what is true, of a node.
        private QM31 claim;
        private QM31 p;
        private QM31 q;
        private QM31 trueP;
        private boolean opened;

        Balancing() {
            try (CheatingProver.Run run = prover.new Run(prover.sequence, Map.of())) {
                tables = run.graph.sections().size();
            }
        }

        @Override
        public void forked(int number, Transcript copy) {
            if (number == tables) {
                shadow = copy;
            }
        }

        @Override
        public byte[] message(int fork, String tag, byte[] data) {
            if (!tag.startsWith("tree/")) {
                return data;
            }
            QM31[] sent = decode(data);
            if (fork < tables) {
                if (tag.equals("tree/root")) {
                    sum = sum.add(sent[0].mul(sent[1].inv()));
                }
                return data;
            }
            switch (tag) {
                case "tree/root" -> {
                    sent[0] = sum.mul(sent[1]);
                    p = sent[0];
                    q = sent[1];
                    shadow.absorb(tag, sent);
                    begin();
                }
                case "tree/round" -> {
                    shadow.absorb(tag, sent);
                    round(sent);
                }
                default -> {
                    QM31[] honest = sent.clone();
                    adapt(sent);
                    shadow.absorb(tag, sent);
                    merge(honest, sent);
                }
            }
            return Transcript.encode(sent);
        }

        /// The next layer. After the last one a challenge is drawn that the verifier does not draw; nothing follows it
        /// here.
        private void begin() {
            next = new QM31[layer + 1];
            left = layer;
            lambda = layer == 0 ? QM31.ZERO : shadow.challenge("tree/lambda");
            claim = p.add(lambda.mul(q));
        }

        private void round(QM31[] sent) {
            QM31 at = r[--left];
            QM31 g1 = claim.sub(QM31.ONE.sub(at).mul(sent[0])).mul(at.inv());
            next[left] = shadow.challenge("tree/challenge");
            QM31 slope = g1.sub(sent[0]).sub(sent[1]);
            claim = sent[0].add(next[left].mul(slope.add(next[left].mul(sent[1]))));
        }

        /// p0 such that p0 q1 + p1 q0 + lambda q0 q1 is the claim.
        private void adapt(QM31[] child) {
            QM31 rest = child[1].mul(child[2]).add(lambda.mul(child[2]).mul(child[3]));
            child[0] = claim.sub(rest).mul(child[3].inv());
        }

        private void merge(QM31[] honest, QM31[] child) {
            QM31 mu = shadow.challenge("tree/merge");
            next[layer] = mu;
            trueP = honest[0].add(mu.mul(honest[1].sub(honest[0])));
            p = child[0].add(mu.mul(child[1].sub(child[0])));
            q = child[2].add(mu.mul(child[3].sub(child[2])));
            r = next;
            layer++;
            begin();
        }

        /// The first multiplicity makes up for what the numerator has too much.
        @Override
        public QM31 opened(Column column, QM31 value) {
            if (!column.name().startsWith("count.") || opened) {
                return value;
            }
            opened = true;
            return value.add(p.sub(trueP));
        }

        private static QM31[] decode(byte[] data) {
            ByteBuffer b = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
            QM31[] values = new QM31[data.length / QM31.BYTES];
            Arrays.setAll(values, _ -> new QM31(b.getInt(), b.getInt(), b.getInt(), b.getInt()));
            return values;
        }
    }
}
