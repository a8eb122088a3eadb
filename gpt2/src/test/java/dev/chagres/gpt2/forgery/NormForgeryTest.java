package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.M31;
import dev.chagres.gpt2.graph.Gpt2Spec;
import dev.chagres.gpt2.verify.Verdict;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Dishonest rows of a norm: one value of a row is chosen wrongly, everything that follows from it is computed from the wrong
/// value, in the row and in all later operations.
class NormForgeryTest {
    /// A padded row: causality keeps it from every choice of the head, so that nothing but the norm is wrong.
    private static final int ROW = 13;
    private static final int ROWS = 16;
    private static final int CHANNELS = 32;
    private static final String NORM = "layer0.norm1";

    @TempDir
    private static Path folder;

    private static CheatingProver prover;

    /// What a forger may choose in a row.
    ///
    /// @param e row exponent
    /// @param groupExcess added to the sum of squares
    /// @param k scale exponent, -1 for the right one
    /// @param rho added to rho
    private record Choice(int e, long groupExcess, int k, int rho) {}

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, "1x2x32x20x32", 5);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    private static Verdict verdict(UnaryOperator<Choice> forge) {
        return prover.verdict(r -> {
            Choice honest = new Choice(r.data(NORM + ".e").get(ROW), 0, -1, 0);
            row(r, forge.apply(honest));
            r.again(NORM);
        }, CheatingProver::nothing);
    }

    private static void rejected(UnaryOperator<Choice> forge) {
        Verdict verdict = verdict(forge);
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        assertThat(((Verdict.Rejected) verdict).check()).isEqualTo("lookup/balance");
    }

    /// Recomputes one row of the norm from the chosen values.
    private static void row(CheatingProver.Run r, Choice choice) {
        Gpt2Spec spec = prover.verifyingKey.spec();
        IntTensor x = r.data("embedding.x");
        int e = choice.e();
        long group = choice.groupExcess();
        int peakChannel = 0;
        int[] m = new int[CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            int v = x.get(c * ROWS + ROW);
            m[c] = v >> e;
            r.data(NORM + ".m").set(c * ROWS + ROW, m[c]);
            r.virtual(NORM + ".exponentPair").set(c * ROWS + ROW, (1 << e) + v - (m[c] << e));
            group += (long) m[c] * (m[c] + 1);
            if (m[c] < -1024 || m[c] >= 1024) {
                peakChannel = c;
            }
        }
        long quotient = group >> 4;
        set(r, "quotientLow0", (int) (quotient & 0x1fff));
        set(r, "quotientHigh0", (int) (quotient >> 13));
        set(r, "groupRest0", (int) (group & 15));
        int eps = spec.epsilons()[Math.min(e, 15)];
        long sum = quotient + eps;
        int k = 0;
        while (sum >> (2 * k) >= 1 << 16) {
            k++;
        }
        k = choice.k() < 0 ? k : k + choice.k();
        int mant = (int) (sum >> (2 * k));
        IntTensor rsqrt = prover.key.of(new Column("norm.rsqrt.out", dev.chagres.tensor.Shape.of(), Column.Tree.KEY));
        int root = mant >= 1 << 14 && mant < 1 << 16 ? rsqrt.get(mant - (1 << 14)) : rsqrt.get(0);
        int half = k == 0 ? 0 : 1 << (k - 1);
        int rho = ((root + half) >> k) + choice.rho();
        set(r, "e", e);
        set(r, "power", 1 << e);
        set(r, "eps", eps);
        set(r, "positive", e > 0 ? 1 : 0);
        set(r, "k", k);
        set(r, "four", 1 << (2 * k));
        set(r, "two", 1 << k);
        set(r, "half", half);
        set(r, "mant", mant);
        set(r, "root", root);
        set(r, "restPair", (int) ((1L << (2 * k)) + sum - ((long) mant << (2 * k))));
        set(r, "rootPair", (1 << k) + root + half - (rho << k));
        set(r, "rhoLow", rho & 511);
        set(r, "rhoHigh", rho >> 9);
        set(r, "peak", m[peakChannel]);
        for (int b = 0; b < 5; b++) {
            set(r, "channelBit" + b, (peakChannel >> b) & 1);
        }
        int shift = spec.normShift();
        for (int c = 0; c < CHANNELS; c++) {
            long scaled = (2L * m[c] + 1) * rho + (1L << (shift - 1));
            r.data(NORM + ".n").set(c * ROWS + ROW, (int) (scaled >> shift));
            r.virtual(NORM + ".rem").set(c * ROWS + ROW, (int) (scaled & ((1L << shift) - 1)));
        }
    }

    private static void set(CheatingProver.Run r, String name, int value) {
        r.data(NORM + "." + name).set(ROW, value);
    }

    @Test
    void theHonestRowIsAccepted() {
        assertThat(verdict(c -> c)).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void theRowExponentIsForced() {
        rejected(c -> new Choice(c.e() + 1, 0, -1, 0));
        rejected(c -> {
            assertThat(c.e()).as("the row must have an exponent that can be lowered").isPositive();
            return new Choice(c.e() - 1, 0, -1, 0);
        });
    }

    @Test
    void theSumOfSquaresDoesNotWrap() {
        rejected(c -> new Choice(c.e(), M31.P, -1, 0));
    }

    @Test
    void theScaleClassIsForced() {
        rejected(c -> new Choice(c.e(), 0, 1, 0));
    }

    @Test
    void theReciprocalRootIsForced() {
        rejected(c -> new Choice(c.e(), 0, -1, 1));
        rejected(c -> new Choice(c.e(), 0, -1, -1));
    }
}
