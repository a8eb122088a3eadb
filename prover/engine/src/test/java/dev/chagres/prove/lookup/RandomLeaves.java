package dev.chagres.prove.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.ProverChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Random fractions, neutral where absent, in a tree of the given layout; arrays by leaf number.
public final class RandomLeaves implements LeafFiller {
    final TreeLayout layout;
    final QM31[] p;
    final QM31[] q;

    RandomLeaves(TreeLayout layout, boolean unit, Random random) {
        this.layout = layout;
        p = new QM31[1 << layout.bits()];
        q = new QM31[1 << layout.bits()];
        Arrays.fill(p, QM31.ZERO);
        Arrays.fill(q, QM31.ONE);
        for (long place = 0; place < layout.leaves(); place++) {
            int i = (int) layout.leaf(place);
            p[i] = unit ? QM31.ONE : TestTensors.element(random);
            q[i] = TestTensors.element(random);
        }
    }

    /// @param leaves a multiple of 16
    public static RandomLeaves of(int leaves, long seed) {
        return new RandomLeaves(layout(leaves), false, new Random(seed));
    }

    /// A layout with the given number of leaves, which is a multiple of 16, in tiles of several sizes.
    static TreeLayout layout(int leaves) {
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

    @Override
    public void fill(long place, long count, long toP, long toQ, QM31 shift) {
        assertThat(place % 16 + count % 16).isZero();
        assertThat(place + count).isLessThanOrEqualTo(layout.leaves());
        for (int k = 0; k < count; k++) {
            int i = (int) layout.leaf(place + k);
            Memory.setExt(toQ, k, q[i].add(shift));
            if (toP != 0) {
                Memory.setExt(toP, k, p[i]);
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

    /// Depth of the tree.
    public int bits() {
        return layout.bits();
    }

    /// The numerators at a point.
    public QM31 numerator(QM31[] point) {
        return Eq.evaluate(p, point);
    }

    /// The denominators at a point.
    public QM31 denominator(QM31[] point) {
        return Eq.evaluate(q, point);
    }

    /// Proves the tree on one thread.
    public FractionTreeVerifier.Result prove(ProverChannel channel) {
        try (FractionTree tree = CpuFractionTree.of(layout, source(), false, TestHosts.of(1))) {
            return FractionTreeProver.prove(channel, tree);
        }
    }
}
