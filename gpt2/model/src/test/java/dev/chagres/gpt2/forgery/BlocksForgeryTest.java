package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.proof.Verdict;
import dev.chagres.prove.data.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sequences of several blocks, their number no power of two, so that row columns have absent blocks and scores have
/// blocks below, on and above the diagonal. Each forgery is right in every table and every row sum, and wrong in one
/// relation.
class BlocksForgeryTest {
    private static final String ATTENTION = "layer0.attention";
    private static final int SIDE = 128;
    private static final int HEADS = 2;

    @TempDir
    private static Path folder;

    private static CheatingProver prover;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, "1x2x32x20x320", 7, 20, 280);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    /// The lookups balance, so that the named check and no other is what catches the forgery.
    private static void rejected(String check, Consumer<CheatingProver.Run> forgery) {
        Verdict verdict = prover.verdict(forgery, CheatingProver::nothing);
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        assertThat(((Verdict.Rejected) verdict).check()).isEqualTo(check);
    }

    @Test
    void threeBlocksOfRowsAndOfGeneratedRowsAreAccepted() {
        assertThat(prover.verdict(CheatingProver::nothing, CheatingProver::nothing))
                .isInstanceOf(Verdict.Accepted.class);
    }

    /// First element of the score tile of head 0.
    private static int tile(int queryBlock, int keyBlock) {
        return (queryBlock * (queryBlock + 1) / 2 + keyBlock) * HEADS * SIDE * SIDE;
    }

    /// Gives a position another distance, with the weights of that distance.
    private static void distance(CheatingProver.Run r, int at, int d) {
        DecoderSpec spec = prover.spec();
        boolean inside = d <= spec.exponential().support();
        r.virtual(ATTENTION + ".distance").set(at, d);
        r.data(ATTENTION + ".weight").set(at, inside ? key("exp.at").get(d) : 0);
        r.data(ATTENTION + ".before").set(at, inside ? key("exp.before").get(d) : 0);
    }

    private static HostTensor key(String name) {
        return prover.keyTensor(name);
    }

    /// Attention to a later position of the same block, at a row whose sum has room for it.
    @Test
    void maskedPositionsStayMasked() {
        int row = SIDE + 9;
        rejected("sumcheck/scores", r -> {
            int at = tile(1, 1) + (row % SIDE + 1) * SIDE + row % SIDE;
            distance(r, at, prover.spec().exponential().support() - 1);
            sums(r, row);
            r.again(ATTENTION);
        });
    }

    /// The distances of two positions of one row exchanged: row sums and multiplicities do not change.
    @Test
    void distancesBelongToTheirPositions() {
        int row = 2 * SIDE + 5;
        rejected("sumcheck/scores", r -> {
            int a = tile(2, 0) + 3 * SIDE + row % SIDE;
            int b = tile(2, 1) + 7 * SIDE + row % SIDE;
            HostTensor d = r.virtual(ATTENTION + ".distance");
            assertThat(d.get(a)).isNotEqualTo(d.get(b));
            int saved = d.get(a);
            distance(r, a, d.get(b));
            distance(r, b, saved);
            r.again(ATTENTION);
        });
    }

    /// The scores of a whole block of keys exchanged with those of the same keys in another block.
    @Test
    void blocksOfScoresBelongToTheirKeys() {
        rejected("sumcheck/scores", r -> {
            for (String name : new String[] {"weight", "before"}) {
                exchange(r.data(ATTENTION + "." + name), tile(2, 0), tile(2, 1));
            }
            exchange(r.virtual(ATTENTION + ".distance"), tile(2, 0), tile(2, 1));
        });
    }

    private static void exchange(HostTensor t, int a, int b) {
        for (int i = 0; i < SIDE * SIDE; i++) {
            int saved = t.get(a + i);
            t.set(a + i, t.get(b + i));
            t.set(b + i, saved);
        }
    }

    /// Slack and excess of a row of head 0 from its weights.
    private static void sums(CheatingProver.Run r, int row) {
        long sum = 0;
        long before = 0;
        for (int block = 0; block <= row / SIDE; block++) {
            for (int j = 0; j < SIDE; j++) {
                int at = tile(row / SIDE, block) + j * SIDE + row % SIDE;
                sum += r.data(ATTENTION + ".weight").get(at);
                before += r.data(ATTENTION + ".before").get(at);
            }
        }
        int max = prover.spec().exponential().largestSum();
        assertThat(sum).isLessThanOrEqualTo(max);
        assertThat(before).isGreaterThan(max);
        int at = row / SIDE * HEADS * SIDE + row % SIDE;
        limbs(r, "slack", at, max - sum);
        limbs(r, "excess", at, before - max - 1);
    }

    private static void limbs(CheatingProver.Run r, String name, int at, long value) {
        r.data(ATTENTION + "." + name + "Low").set(at, (int) (value & 0xffff));
        r.data(ATTENTION + "." + name + "High").set(at, (int) (value >> 16));
    }

    /// The value of one row of the last block moved to another: the order of rows is part of every relation.
    @Test
    void rowsOfBlocksStayInPlace() {
        for (String name : new String[] {"offset", "slackLow"}) {
            rejected(name.equals("offset") ? "sumcheck/scores" : "attention/sum", r -> {
                HostTensor t = r.data(ATTENTION + "." + name);
                int a = 2 * HEADS * SIDE + 11;
                int b = HEADS * SIDE + 11;
                assertThat(t.get(a)).isNotEqualTo(t.get(b));
                int saved = t.get(a);
                t.set(a, t.get(b));
                t.set(b, saved);
            });
        }
    }

    /// Limbs of logit differences of two words exchanged in a row of the last generated block.
    @Test
    void logitDifferencesBelongToTheirWords() {
        rejected("sumcheck/logits", r -> {
            HostTensor low = r.data("head.low");
            HostTensor high = r.data("head.high");
            int words = (int) (low.size() / (3 * SIDE));
            int row = 2 * SIDE * words + 4;
            int a = row;
            int b = row + SIDE;
            assertThat(low.get(a)).isNotEqualTo(low.get(b));
            for (HostTensor t : new HostTensor[] {low, high}) {
                int saved = t.get(a);
                t.set(a, t.get(b));
                t.set(b, saved);
            }
        });
    }
}
