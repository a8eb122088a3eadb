package dev.chagres.prove.forgery;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.TensorView;
import dev.chagres.tensor.Eq;
import dev.chagres.transcript.ProverChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A tree of fractions in plain arithmetic, made from its definition (docs/protocol.md, section 5), whose leaves may
/// be any elements of the field.
public final class PlainTree {
    private final int bits;
    /// Numerators and denominators of the leaves.
    private final QM31[] p;
    private final QM31[] q;

    private PlainTree(int bits) {
        this.bits = bits;
        this.p = new QM31[1 << bits];
        this.q = new QM31[1 << bits];
        Arrays.fill(p, QM31.ZERO);
        Arrays.fill(q, QM31.ONE);
    }

    /// The leaves of lookups.
    public static PlainTree of(LeafProgram.Lookups leaves) {
        PlainTree tree = new PlainTree(leaves.layout().bits());
        for (int s = 0; s < leaves.segments().size(); s++) {
            LeafProgram.Segment segment = leaves.segments().get(s);
            for (long x = 0; x < segment.shape().size(); x++) {
                int leaf = leaf(leaves, s, x);
                tree.p[leaf] = QM31.ONE;
                tree.q[leaf] = denominator(segment, x);
            }
        }
        return tree;
    }

    /// The leaf of an element of a segment.
    public static int leaf(LeafProgram leaves, int segment, long element) {
        int low = ((LeafProgram.Lookups) leaves).segments().get(segment).shape().lowBits();
        long place = leaves.layout().place(segment, (int) (element >> low)) + (element & (1L << low) - 1);
        return Math.toIntExact(leaves.layout().leaf(place));
    }

    /// The denominator at an element of a segment.
    public static QM31 denominator(LeafProgram.Segment segment, long element) {
        int low = segment.shape().lowBits();
        int tile = (int) (element >> low);
        int inside = (int) (element & (1L << low) - 1);
        QM31 sum = segment.constant();
        for (LeafProgram.Term t : segment.terms()) {
            TensorView v = t.values();
            long at = v.starts()[tile] + (v.inside() == null ? inside : v.inside()[inside]);
            sum = sum.add(t.weight().mul(M31.embed(v.data().get(at))));
        }
        return sum;
    }

    /// Says another numerator of a leaf.
    public void numerator(int leaf, QM31 value) {
        p[leaf] = value;
    }

    /// Proves the sum of the leaves.
    public FractionTreeVerifier.Result prove(ProverChannel channel) {
        List<QM31[]> numerators = new ArrayList<>(List.<QM31[]>of(p));
        List<QM31[]> denominators = new ArrayList<>(List.<QM31[]>of(q));
        for (int m = bits - 1; m >= 0; m--) {
            QM31[] below = numerators.getFirst();
            QM31[] under = denominators.getFirst();
            QM31[] sums = new QM31[1 << m];
            QM31[] products = new QM31[1 << m];
            for (int x = 0; x < 1 << m; x++) {
                int y = x + (1 << m);
                sums[x] = below[x].mul(under[y]).add(below[y].mul(under[x]));
                products[x] = under[x].mul(under[y]);
            }
            numerators.addFirst(sums);
            denominators.addFirst(products);
        }
        QM31 rootP = numerators.getFirst()[0];
        QM31 rootQ = denominators.getFirst()[0];
        channel.send("tree/root", rootP, rootQ);
        QM31[] r = new QM31[0];
        QM31 atP = rootP;
        QM31 atQ = rootQ;
        for (int m = 0; m < bits; m++) {
            QM31[] next = new QM31[m + 1];
            QM31[] child = layer(channel, m, r, next, numerators.get(m + 1), denominators.get(m + 1));
            channel.send("tree/children", child);
            next[m] = channel.challenge("tree/merge");
            atP = child[0].add(next[m].mul(child[1].sub(child[0])));
            atQ = child[2].add(next[m].mul(child[3].sub(child[2])));
            r = next;
        }
        return FractionTreeVerifier.Result.known(rootP, rootQ, r, atP, atQ);
    }

    /// The rounds of a layer of 2^m nodes.
    ///
    /// @param next receives the challenges
    /// @return p0, p1, q0, q1 at the challenges
    private static QM31[] layer(ProverChannel channel, int m, QM31[] r, QM31[] next, QM31[] p, QM31[] q) {
        QM31[][] v = {Arrays.copyOf(p, 1 << m), Arrays.copyOfRange(p, 1 << m, 2 << m), Arrays.copyOf(q, 1 << m),
            Arrays.copyOfRange(q, 1 << m, 2 << m)};
        if (m > 0) {
            QM31 lambda = channel.challenge("tree/lambda");
            for (int i = m - 1; i >= 0; i--) {
                int half = 1 << i;
                QM31[] eq = Eq.table(Arrays.copyOf(r, i));
                QM31 constant = QM31.ZERO;
                QM31 square = QM31.ZERO;
                for (int x = 0; x < half; x++) {
                    QM31[] low = {v[0][x], v[1][x], v[2][x], v[3][x]};
                    QM31[] step = new QM31[4];
                    for (int k = 0; k < 4; k++) {
                        step[k] = v[k][x + half].sub(low[k]);
                    }
                    constant = constant.add(eq[x].mul(node(low, lambda)));
                    square = square.add(eq[x].mul(node(step, lambda)));
                }
                channel.send("tree/round", constant, square);
                next[i] = channel.challenge("tree/challenge");
                for (QM31[] values : v) {
                    for (int x = 0; x < half; x++) {
                        values[x] = values[x].add(next[i].mul(values[x + half].sub(values[x])));
                    }
                }
            }
        }
        return new QM31[] {v[0][0], v[1][0], v[2][0], v[3][0]};
    }

    /// p0 q1 + p1 q0 + lambda q0 q1.
    private static QM31 node(QM31[] c, QM31 lambda) {
        return c[0].mul(c[3]).add(c[1].mul(c[2])).add(lambda.mul(c[2]).mul(c[3]));
    }
}
