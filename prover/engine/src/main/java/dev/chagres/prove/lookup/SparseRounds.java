package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.data.EqTable;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.tensor.Eq;
import java.util.Arrays;
import java.util.List;

/// The rounds of one of the four lowest layers of a [SparseTree]. While variables that separate strips are bound, a
/// round is the sum of
///
/// - `lambda q0 q1` of all plain units, from polynomials and moments ([CountdownPolynomials]),
/// - `p0 q1 + p1 q0` of their few positions with a numerator, one after another,
/// - dense units, as ever, and
/// - absent units, which have the value lambda everywhere.
///
/// After that 2^(bits - 5) positions are left, and all of them are written out.
final class SparseRounds implements LayerRounds {
    private final SparseTree tree;
    private final QM31[] r;
    private final QM31 lambda;
    private final FieldKernels kernels;
    private final Host host;
    private final MemoryScope scope;
    /// Variables of a position in a strip.
    private final int inside;
    private final int run;
    private final int dense;
    /// Coordinates of units, and of positions in a run.
    private final QM31[] units;
    private final long eqRun;
    /// What the round of an absent position, which has the value lambda, counts.
    private final QM31 absent;
    private final QM31[] moments;
    /// Both children of every pair of strips that are left: polynomials, dense units, positions.
    private QM31[][] poly0;
    private QM31[][] poly1;
    private final long a;
    private final long p1;
    private final long q0;
    private final long q1;
    private final List<Sums> columns;
    /// Pairs of strips that are left.
    private int strips;
    private MergedChildren children;
    private SplitEq eq;

    /// Numerators and denominators of the children of one position, strip by strip; overwritten.
    private record Sums(int x, QM31[] p0, QM31[] p1, QM31[] q0, QM31[] q1) {
        static Sums of(PlainUnits.Column c) {
            int half = c.p().length / 2;
            return new Sums(c.x(), Arrays.copyOf(c.p(), half), Arrays.copyOfRange(c.p(), half, 2 * half),
                    Arrays.copyOf(c.q(), half), Arrays.copyOfRange(c.q(), half, 2 * half));
        }

        void bind(int half, QM31 r) {
            for (QM31[] v : List.of(p0, p1, q0, q1)) {
                for (int s = 0; s < half; s++) {
                    v[s] = v[s].add(r.mul(v[s + half].sub(v[s])));
                }
            }
        }
    }

    /// @param level the children; its arrays are overwritten
    /// @param r point of the layer
    /// @param scope owned from now on
    SparseRounds(SparseTree tree, SparseTree.Level level, QM31[] r, QM31 lambda, Host host, MemoryScope scope) {
        this.tree = tree;
        this.r = r;
        this.lambda = lambda;
        this.kernels = host.field();
        this.host = host;
        this.scope = scope;
        int runBits = tree.layout().runBits();
        this.run = 1 << runBits;
        this.inside = tree.layout().bits() - tree.layout().stripBits();
        this.dense = tree.plain().dense().length;
        this.strips = 1 << r.length - inside;
        this.units = Eq.table(Arrays.copyOfRange(r, runBits, inside));
        this.eqRun = EqTable.allocate(scope, Arrays.copyOf(r, runBits), QM31.ONE, kernels);
        QM31 rest = QM31.ONE;
        for (int u = 0; u < tree.layout().units(); u++) {
            rest = rest.sub(units[u]);
        }
        this.absent = lambda.mul(rest);
        QM31[][] nodes = tree.polynomials().nodes(1 << tree.layout().stripBits(), level.k());
        this.poly0 = Arrays.copyOf(nodes, strips);
        this.poly1 = Arrays.copyOfRange(nodes, strips, 2 * strips);
        this.moments = tree.polynomials().moments(Arrays.copyOf(r, runBits), units, 2 * (nodes[0].length - 1));
        this.columns = level.columns().stream().map(Sums::of).toList();
        long half = strips * (long) dense * run * Memory.EXT_BYTES;
        this.a = level.p();
        this.p1 = level.p() + half;
        this.q0 = level.q();
        this.q1 = level.q() + half;
    }

    @Override
    public QM31[] first(int variable) {
        host.ranges((long) strips * dense * run, (_, from, to) -> {
            long at = from * Memory.EXT_BYTES;
            kernels.addScaledExt(a + at, q0 + at, lambda, to - from);
        });
        return round();
    }

    @Override
    public QM31[] next(int variable, QM31 challenge) {
        if (children != null) {
            eq.halve();
            return children.next(challenge, eq);
        }
        bind(challenge);
        if (strips > 1) {
            return round();
        }
        whole();
        eq = new SplitEq(scope, Arrays.copyOf(r, variable), new Strips(0, 1L << variable), kernels);
        return children.round(eq);
    }

    /// The round of a variable that separates strips.
    private QM31[] round() {
        int half = strips / 2;
        QM31[] weights = Eq.table(Arrays.copyOfRange(r, inside, inside + Integer.numberOfTrailingZeros(half)));
        QM31 at0 = QM31.ZERO;
        QM31 lead = QM31.ZERO;
        for (int s = 0; s < half; s++) {
            QM31[] low = CountdownPolynomials.product(poly0[s], poly1[s]);
            QM31[] square = CountdownPolynomials.product(CountdownPolynomials.difference(poly0[s + half], poly0[s]),
                    CountdownPolynomials.difference(poly1[s + half], poly1[s]));
            QM31 weight = weights[s].mul(lambda);
            at0 = at0.add(weight.mul(CountdownPolynomials.sum(low, moments)));
            lead = lead.add(weight.mul(CountdownPolynomials.sum(square, moments)));
        }
        for (Sums c : columns) {
            QM31 here = at(c.x);
            for (int s = 0; s < half; s++) {
                int t = s + half;
                QM31 weight = here.mul(weights[s]);
                at0 = at0.add(weight.mul(c.p0[s].mul(c.q1[s]).add(c.p1[s].mul(c.q0[s]))));
                lead = lead.add(weight.mul(c.p0[t].sub(c.p0[s]).mul(c.q1[t].sub(c.q1[s]))
                        .add(c.p1[t].sub(c.p1[s]).mul(c.q0[t].sub(c.q0[s])))));
            }
        }
        QM31[] stored = denseRound(half, weights);
        return new QM31[] {at0.add(stored[0]).add(absent), lead.add(stored[1])};
    }

    /// eq at a position of a strip.
    private QM31 at(int x) {
        return units[x / run].mul(Memory.getExt(eqRun, x % run));
    }

    private QM31[] denseRound(int half, QM31[] weights) {
        int parts = Math.max(1, Math.min(dense, host.parts((long) half * dense * run)));
        QM31[][] sums = new QM31[parts][];
        long up = (long) half * dense * run * Memory.EXT_BYTES;
        host.run(parts, (_, part) -> {
            QM31[] sum = {QM31.ZERO, QM31.ZERO};
            for (int s = 0; s < half; s++) {
                for (int i = dense * part / parts; i < dense * (part + 1) / parts; i++) {
                    long lo = ((long) s * dense + i) * run * Memory.EXT_BYTES;
                    long hi = lo + up;
                    QM31[] g = kernels.roundMerged(eqRun, a + lo, a + hi, p1 + lo, p1 + hi, q0 + lo, q0 + hi, q1 + lo,
                            q1 + hi, run);
                    QM31 weight = weights[s].mul(units[tree.plain().dense()[i]]);
                    sum[0] = sum[0].add(weight.mul(g[0]));
                    sum[1] = sum[1].add(weight.mul(g[1]));
                }
            }
            sums[part] = sum;
        });
        QM31[] total = sums[0];
        for (int i = 1; i < parts; i++) {
            total = new QM31[] {total[0].add(sums[i][0]), total[1].add(sums[i][1])};
        }
        return total;
    }

    /// Binds the top variable, which separates strips.
    private void bind(QM31 challenge) {
        int half = strips / 2;
        for (int s = 0; s < half; s++) {
            poly0[s] = CountdownPolynomials.line(poly0[s], poly0[s + half], challenge);
            poly1[s] = CountdownPolynomials.line(poly1[s], poly1[s + half], challenge);
        }
        columns.forEach(c -> c.bind(half, challenge));
        long size = (long) half * dense * run;
        host.ranges(size, (_, from, to) -> {
            for (long v : new long[] {a, p1, q0, q1}) {
                long lo = v + from * Memory.EXT_BYTES;
                kernels.foldExt(lo, lo, lo + size * Memory.EXT_BYTES, challenge, to - from);
            }
        });
        strips = half;
    }

    /// Writes out all positions.
    private void whole() {
        long size = 1L << inside;
        children = new MergedChildren(scope.allocateExtRaw(size), scope.allocateExt(size), scope.allocateExtRaw(size),
                scope.allocateExtRaw(size), host);
        tree.place(poly0[0], children.q0(), q0, QM31.ONE);
        tree.place(poly1[0], children.q1(), q1, QM31.ONE);
        host.ranges(size, (_, from, to) -> {
            long at = from * Memory.EXT_BYTES;
            kernels.scaleExt(children.a() + at, children.q0() + at, lambda, to - from);
        });
        tree.dense(children.a(), a);
        tree.dense(children.p1(), p1);
        for (Sums c : columns) {
            Memory.setExt(children.a(), c.x, Memory.getExt(children.a(), c.x).add(c.p0[0]));
            Memory.setExt(children.p1(), c.x, c.p1[0]);
        }
    }

    @Override
    public void last(int variable, QM31 challenge) {
        children.last(challenge, 1L << variable);
    }

    @Override
    public QM31[][] values(int variables) {
        return children.values(variables, lambda);
    }

    @Override
    public void close() {
        scope.close();
    }
}
