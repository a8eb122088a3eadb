package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.tensor.Eq;
import java.util.Arrays;

/// The numerators p0, p1 of both children of the leaf layer while its variables are bound, where leaves that are
/// present have the numerator one: one in the units before the last one, zero in those after it, and in the last one
/// whatever it is. The same holds, with two other constants, after any number of variables: positions are split into
/// blocks of neighbours, both children have one value before one of the blocks and one after it, and only that block is
/// stored.
///
/// Scalar code: the work is that of one unit and does not grow with the tree.
final class StepNumerators {
    private final QM31[] r;
    private final int runBits;
    /// Variables that separate strips, then those that separate units, that are left.
    private int stripBits;
    private int unitBits;
    /// Number of the stored block, and its values: run after run, all strips of one run.
    private long block;
    private QM31[] p0;
    private QM31[] p1;
    private QM31 before = QM31.ONE;
    private QM31 after = QM31.ZERO;

    /// @param layout of several units
    /// @param r point of the leaf layer
    StepNumerators(TreeLayout layout, QM31[] r) {
        this.r = r;
        this.runBits = layout.runBits();
        this.stripBits = layout.stripBits() - 1;
        this.unitBits = layout.bits() - layout.unitBits();
        this.block = layout.units() - 1;
        int half = 1 << layout.unitBits() - 1;
        int present = (int) (layout.leaves() - (block << layout.unitBits()));
        this.p0 = step(half, present);
        this.p1 = step(half, present - half);
    }

    private static QM31[] step(int n, int present) {
        QM31[] p = new QM31[n];
        Arrays.setAll(p, i -> i < present ? QM31.ONE : QM31.ZERO);
        return p;
    }

    /// {g(0), coefficient of X^2} of `g(X) = sum_x eq(r, x) (p0 p1)(X, x)`.
    QM31[] round() {
        if (stripBits == 0 && unitBits > 0) {
            return unitRound();
        }
        int half = p0.length / 2;
        QM31[] eq = eq(31 - Integer.numberOfLeadingZeros(half) - runBits);
        QM31 at0 = QM31.ZERO;
        QM31 lead = QM31.ZERO;
        for (int x = 0; x < half; x++) {
            at0 = at0.add(eq[x].mul(p0[x].mul(p1[x])));
            lead = lead.add(eq[x].mul(p0[x + half].sub(p0[x]).mul(p1[x + half].sub(p1[x]))));
        }
        QM31 here = Eq.at(r, runBits, runBits + unitBits, block);
        return new QM31[] {around(at0, here, block, before, after), here.mul(lead)};
    }

    /// The table of eq inside a block.
    ///
    /// @param strips variables of strips; less than zero for fewer variables than those of a run
    private QM31[] eq(int strips) {
        QM31[] point = Arrays.copyOf(r, runBits + strips);
        for (int k = 0; k < strips; k++) {
            point[runBits + k] = r[runBits + unitBits + k];
        }
        return Eq.table(point);
    }

    /// Products over all blocks from that of one of them, `here` its weight.
    private QM31 around(QM31 inside, QM31 here, long at, QM31 low, QM31 high) {
        QM31 below = PrefixEq.sum(r, runBits, runBits + unitBits, at);
        return below.mul(low.square()).add(here.mul(inside))
                .add(QM31.ONE.sub(below).sub(here).mul(high.square()));
    }

    /// Blocks of the lower half against those of the upper one: the stored block meets a constant.
    private QM31[] unitRound() {
        long half = 1L << unitBits - 1;
        boolean lower = block < half;
        long at = lower ? block : block - half;
        QM31 constant = lower ? after : before;
        QM31[] eq = eq(0);
        QM31 product = QM31.ZERO;
        QM31 difference = QM31.ZERO;
        for (int x = 0; x < eq.length; x++) {
            product = product.add(eq[x].mul(p0[x].mul(p1[x])));
            difference = difference.add(eq[x].mul(p0[x].sub(constant).mul(p1[x].sub(constant))));
        }
        unitBits--;
        QM31 here = Eq.at(r, runBits, runBits + unitBits, at);
        QM31 step = after.sub(before);
        QM31 at0 = lower ? around(product, here, at, before, after) : before.square();
        QM31 lead = lower
                ? around(difference, here, at, step, QM31.ZERO)
                : around(difference, here, at, QM31.ZERO, step);
        unitBits++;
        return new QM31[] {at0, lead};
    }

    /// Binds the top variable.
    void bind(QM31 challenge) {
        if (stripBits > 0 || unitBits == 0) {
            p0 = folded(p0, challenge);
            p1 = folded(p1, challenge);
            stripBits = Math.max(0, stripBits - 1);
            return;
        }
        unitBits--;
        long half = 1L << unitBits;
        QM31 mixed = mix(before, after, challenge);
        if (block < half) {
            Arrays.setAll(p0, i -> mix(p0[i], after, challenge));
            Arrays.setAll(p1, i -> mix(p1[i], after, challenge));
            before = mixed;
        } else {
            Arrays.setAll(p0, i -> mix(before, p0[i], challenge));
            Arrays.setAll(p1, i -> mix(before, p1[i], challenge));
            after = mixed;
            block -= half;
        }
    }

    private static QM31[] folded(QM31[] p, QM31 challenge) {
        QM31[] half = new QM31[p.length / 2];
        Arrays.setAll(half, x -> mix(p[x], p[x + half.length], challenge));
        return half;
    }

    private static QM31 mix(QM31 low, QM31 high, QM31 challenge) {
        return low.add(challenge.mul(high.sub(low)));
    }

    /// Numerators of child 0 once only variables of a run are left.
    QM31[] p0() {
        return p0;
    }

    /// Those of child 1.
    QM31[] p1() {
        return p1;
    }
}
