package dev.chagres.prove.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FractionTreeProverTest {
    private static final Host HOST = TestHosts.of(1);

    /// Random fractions, neutral where absent, in a tree of the given layout.
    private static final class Leaves implements LeafFiller {
        final QM31[] p;
        final QM31[] q;
        final long present;

        Leaves(TreeLayout layout, boolean unit, Random random) {
            present = layout.leaves();
            p = new QM31[1 << layout.bits()];
            q = new QM31[1 << layout.bits()];
            for (int i = 0; i < p.length; i++) {
                boolean absent = i >= present;
                p[i] = absent ? QM31.ZERO : unit ? QM31.ONE : TestTensors.element(random);
                q[i] = absent ? QM31.ONE : TestTensors.element(random);
            }
        }

        @Override
        public void fill(long leaf, long count, long toP, long toQ, QM31 shift) {
            assertThat(leaf % 16 + count % 16).isZero();
            assertThat(leaf + count).isLessThanOrEqualTo(present);
            for (int i = 0; i < count; i++) {
                Memory.setExt(toQ, i, q[(int) leaf + i].add(shift));
                if (toP != 0) {
                    Memory.setExt(toP, i, p[(int) leaf + i]);
                }
            }
        }

        LeafSource source() {
            return _ -> this;
        }

        /// Sum of all fractions.
        QM31 sum() {
            QM31 sum = QM31.ZERO;
            for (int i = 0; i < p.length; i++) {
                sum = sum.add(p[i].mul(q[i].inv()));
            }
            return sum;
        }
    }

    /// A layout with the given number of leaves, which is a multiple of 16, in tiles of several sizes.
    private static TreeLayout layout(int leaves) {
        List<Shape> shapes = new ArrayList<>();
        for (int rest = leaves, k = 0; rest > 0; k++) {
            int bits = Math.min(31 - Integer.numberOfLeadingZeros(rest), 4 + k);
            int tiles = Math.max(1, Math.min(3, rest >> bits));
            shapes.add(Shape.of(Axis.low("x", bits), Axis.high("t", tiles)));
            rest -= tiles << bits;
        }
        TreeLayout layout = new TreeLayout(shapes);
        assertThat(layout.leaves()).isEqualTo(leaves);
        return layout;
    }

    private static FractionTreeVerifier.Result prove(ProverChannel channel, FractionTree tree) {
        try (tree) {
            return FractionTreeProver.prove(channel, tree);
        }
    }

    private static FractionTreeVerifier.Result verify(byte[] bytes, int bits) throws Rejection {
        VerifierChannel v = new VerifierChannel(Transcript.start("test"), bytes);
        FractionTreeVerifier.Result result = FractionTreeVerifier.verify(v, bits);
        v.finish("the tree");
        return result;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 32, 48, 64, 80, 128, 144, 512, 528, 1008, 1024, 1040, 2048, 2064, 3584, 4096, 4112})
    void everyPrefixLengthIsProved(int n) throws Rejection {
        TreeLayout layout = layout(n);
        for (int variant = 0; variant < 4; variant++) {
            boolean unit = (variant & 1) == 1;
            boolean onDemand = (variant & 2) == 2 && layout.bits() >= 8;
            String where = n + " leaves, unit " + unit + ", onDemand " + onDemand;
            Leaves leaves = new Leaves(layout, unit, new Random(100L * n + variant));
            ProverChannel channel = new ProverChannel(Transcript.start("test"));
            FractionTreeVerifier.Result proved =
                    prove(channel, CpuFractionTree.of(layout, _ -> leaves, unit, TestHosts.of(1), onDemand));
            FractionTreeVerifier.Result seen = verify(channel.bytes(), layout.bits());
            assertThat(seen.rootNumerator().mul(seen.rootDenominator().inv())).as(where).isEqualTo(leaves.sum());
            assertThat(seen.numerator()).as(where).isEqualTo(Eq.evaluate(leaves.p, seen.point()));
            assertThat(seen.denominator()).as(where).isEqualTo(Eq.evaluate(leaves.q, seen.point()));
            assertThat(proved).as(where).usingRecursiveComparison().isEqualTo(seen);
        }
    }

    /// Large enough for several chunks and both threads.
    @ParameterizedTest
    @ValueSource(ints = {1 << 16, (1 << 16) + 16, (1 << 15) + 4096 + 48, 3 << 14})
    void largeTreesDoNotDependOnThreadsOrStorage(int n) throws Rejection {
        TreeLayout layout = layout(n);
        for (boolean unit : new boolean[] {true, false}) {
            Leaves leaves = new Leaves(layout, unit, new Random(n));
            byte[] first = null;
            for (int variant = 0; variant < 4; variant++) {
                ProverChannel channel = new ProverChannel(Transcript.start("test"));
                prove(channel, CpuFractionTree.of(layout, leaves.source(), unit, TestHosts.of(1 + (variant & 1)),
                        variant >= 2));
                if (first == null) {
                    first = channel.bytes();
                    FractionTreeVerifier.Result seen = verify(first, layout.bits());
                    assertThat(seen.denominator()).isEqualTo(Eq.evaluate(leaves.q, seen.point()));
                    assertThat(seen.numerator()).isEqualTo(Eq.evaluate(leaves.p, seen.point()));
                }
                assertThat(channel.bytes()).as("variant %d", variant).isEqualTo(first);
            }
        }
    }

    @Test
    void everyChangedElementIsRejected() {
        TreeLayout layout = layout(176);
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        prove(channel, CpuFractionTree.of(layout, new Leaves(layout, true, new Random(9)).source(), true,
                TestHosts.of(1)));
        byte[] bytes = channel.bytes();
        for (int at = 0; at < bytes.length; at += QM31.BYTES) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            assertThat(catchThrowableOfType(Rejection.class, () -> verify(changed, layout.bits())))
                    .as("element %d", at / QM31.BYTES).extracting(Rejection::check)
                    .isIn("lookup/root-numerator", "lookup/root-denominator", "lookup/layer");
        }
        for (int length = 0; length < bytes.length; length += 9) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThat(catchThrowableOfType(Rejection.class, () -> verify(cut, layout.bits())))
                    .as("cut at %d", length).extracting(Rejection::check).isEqualTo("format/truncated");
        }
    }

    @Test
    void aZeroDenominatorIsRejected() {
        TreeLayout layout = layout(64);
        Leaves leaves = new Leaves(layout, true, new Random(4));
        leaves.q[5] = QM31.ZERO;
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        prove(channel, CpuFractionTree.of(layout, leaves.source(), true, TestHosts.of(1)));
        assertThat(catchThrowableOfType(Rejection.class, () -> verify(channel.bytes(), layout.bits())))
                .extracting(Rejection::check).isEqualTo("lookup/denominator");
    }

    @Test
    void leavesComeInBlocks() {
        assertThatThrownBy(() -> new LeafLayer(5, 17, null, true, TestHosts.of(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
