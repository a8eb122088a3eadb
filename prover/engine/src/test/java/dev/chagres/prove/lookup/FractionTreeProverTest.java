package dev.chagres.prove.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chagres.field.QM31;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FractionTreeProverTest {
    private static final Host HOST = TestHosts.of(1);

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
    @ValueSource(ints = {0, 16, 32, 48, 64, 80, 128, 144, 512, 528, 1008, 1024, 1040, 2048, 2064, 3584, 4096, 4112,
        1 << 13, (1 << 13) + 16, 3 << 12, 1 << 14, (1 << 14) + 16, (2 << 13) + (1 << 12) + 272, 3 << 13})
    void everyNumberOfLeavesIsProved(int n) throws Rejection {
        TreeLayout layout = RandomLeaves.layout(n);
        for (int variant = 0; variant < 4; variant++) {
            boolean unit = (variant & 1) == 1;
            boolean onDemand = (variant & 2) == 2 && layout.units() > 1;
            String where = n + " leaves, unit " + unit + ", onDemand " + onDemand;
            RandomLeaves leaves = new RandomLeaves(layout, unit, new Random(100L * n + variant));
            ProverChannel channel = new ProverChannel(Transcript.start("test"));
            FractionTreeVerifier.Result proved =
                    prove(channel, CpuFractionTree.of(layout, _ -> leaves, unit, TestHosts.of(1), onDemand));
            FractionTreeVerifier.Result seen = verify(channel.bytes(), layout.bits());
            assertThat(seen.rootNumerator().number().mul(seen.rootDenominator().number().inv())).as(where)
                    .isEqualTo(leaves.sum());
            assertThat(seen.numerator().number()).as(where).isEqualTo(Eq.evaluate(leaves.p, seen.point()));
            assertThat(seen.denominator().number()).as(where).isEqualTo(Eq.evaluate(leaves.q, seen.point()));
            assertThat(proved).as(where).usingRecursiveComparison().isEqualTo(seen);
        }
    }

    /// Several chunks and both threads, numbers of units that are powers of two and not, last units of any size.
    @ParameterizedTest
    @ValueSource(ints = {4, 5, 8, 9, 15, 16, 17, 23, 40})
    void treesOfSeveralUnitsDoNotDependOnThreadsOrStorage(int units) throws Rejection {
        Random random = new Random(units);
        for (int less : new int[] {0, 16, 16 * random.nextInt(1, 511), (1 << 13) - 16}) {
            TreeLayout layout = RandomLeaves.layout((units << 13) - less);
            assertThat(layout.units()).isEqualTo(units);
            boolean unit = random.nextBoolean();
            RandomLeaves leaves = new RandomLeaves(layout, unit, random);
            byte[] first = null;
            for (int variant = 0; variant < 3; variant++) {
                ProverChannel channel = new ProverChannel(Transcript.start("test"));
                prove(channel, CpuFractionTree.of(layout, leaves.source(), unit, TestHosts.of(1 + (variant & 1)),
                        variant < 2));
                if (first == null) {
                    first = channel.bytes();
                    FractionTreeVerifier.Result seen = verify(first, layout.bits());
                    assertThat(seen.denominator().number()).isEqualTo(Eq.evaluate(leaves.q, seen.point()));
                    assertThat(seen.numerator().number()).isEqualTo(Eq.evaluate(leaves.p, seen.point()));
                }
                assertThat(channel.bytes()).as("%d less, variant %d", less, variant).isEqualTo(first);
            }
        }
    }

    /// The lowest layer with lambda = 0, which no transcript gives: its rounds are those of numerators and
    /// denominators.
    @Test
    void lambdaMayBeZero() {
        TreeLayout layout = RandomLeaves.layout((3 << 13) - 48);
        RandomLeaves leaves = new RandomLeaves(layout, true, new Random(6));
        QM31[] r = new QM31[layout.bits() - 1];
        Arrays.setAll(r, i -> new QM31(i, 3, 1, 4));
        QM31[][] children = new QM31[2][];
        for (int variant = 0; variant < 2; variant++) {
            ProverChannel channel = new ProverChannel(Transcript.start("test"));
            try (FractionTree tree = CpuFractionTree.of(layout, leaves.source(), true, HOST, variant == 1);
                    LayerRounds rounds = tree.layer(r.length, r, QM31.ZERO)) {
                children[variant] = new LayerProver(channel, r, QM31.ZERO).prove(rounds, new QM31[r.length + 1]);
            }
        }
        assertThat(children[1]).isEqualTo(children[0]);
    }

    @Test
    void everyChangedElementIsRejected() {
        TreeLayout layout = RandomLeaves.layout(176);
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        prove(channel, CpuFractionTree.of(layout, new RandomLeaves(layout, true, new Random(9)).source(), true,
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
        TreeLayout layout = RandomLeaves.layout(64);
        RandomLeaves leaves = new RandomLeaves(layout, true, new Random(4));
        leaves.q[5] = QM31.ZERO;
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        prove(channel, CpuFractionTree.of(layout, leaves.source(), true, TestHosts.of(1)));
        assertThat(catchThrowableOfType(Rejection.class, () -> verify(channel.bytes(), layout.bits())))
                .extracting(Rejection::check).isEqualTo("lookup/denominator");
    }

    @Test
    void leavesComeInBlocks() {
        TreeLayout layout = new TreeLayout(List.of(Shape.of(Axis.low("x", 3))));
        assertThatThrownBy(() -> new LeafLayer(layout, null, true, true, TestHosts.of(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
