package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.data.EqTable;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.lookup.LinearUnits.Form;
import dev.chagres.prove.lookup.LinearUnits.Term;
import dev.chagres.prove.lookup.LinearUnits.Unit;
import dev.chagres.tensor.Eq;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/// Rounds on the nodes above the leaves, all three variables that separate strips from one pass over the integers
/// ([GridRounds]), for units of one weighted value; [NodeRounds] for the other units.
///
/// The node above the leaves C + w a and C + w a' has p = 2 C + w s and q = C^2 + C w s + w^2 t with s = a + a' and
/// t = a a', both base. With the children numbered 0 and 1,
/// ```
/// p0 q1 + p1 q0 + lambda q0 q1 = 4 C^3 + lambda C^4 + w (3 C^2 + lambda C^3) (s0 + s1)
///     + w^2 (2 C + lambda C^2) (t0 + t1 + s0 s1) + w^3 (1 + lambda C) (s0 t1 + s1 t0) + w^4 lambda t0 t1
/// ```
/// s and t are values of nodes: functions that are linear in each variable have their values at the corners, so that t
/// at inf is a difference of products. The three variables are bits 10, 9 and 8 of a node in its unit, bit 11 is that
/// of the child, and bit 12 that of the leaf.
final class GridNodes implements MergedRounds {
    private static final int ROW = GridSums.ROW;
    private static final int CORNERS = GridRounds.CORNERS;
    /// Leaves of a node.
    private static final int LEAVES = 2;

    private final QM31[] r;
    private final QM31 lambda;
    private final Host host;
    private final FieldKernels kernels;
    private final MemoryScope arena;
    private final int runBits;
    private final UnitSplit split;
    private final NodeRounds plain;
    private final Sums[] sums;
    private SplitEq plainEq;
    private GridRounds grid;
    private MergedChildren children;

    private final class Sums extends GridSums {
        /// Grids of s and t of both children; corners of t, then of s, as the rows of a combination.
        private final long[] s = new long[2];
        private final long[] t = new long[2];
        private final long[] leaves = new long[LEAVES];
        private final long[] rows = new long[2];
        private final long weights = arena.allocateExt(ROW);
        private final long low;

        /// @param low eq over the positions of a run
        Sums(long low) {
            super(3, 2, kernels, arena);
            this.low = low;
            for (long[] grids : new long[][] {s, t}) {
                Arrays.setAll(grids, _ -> arena.allocateBase((long) FieldKernels.GRID_ROWS * ROW));
            }
            Arrays.setAll(leaves, _ -> arena.allocateBase(ROW));
            Arrays.setAll(rows, _ -> arena.allocateBase(2L * CORNERS * ROW));
        }

        @Override
        void add(Unit unit, QM31 weight) {
            kernels.scaleExt(weights, low, weight, ROW);
            for (int child = 0; child < 2; child++) {
                for (int corner = 0; corner < CORNERS; corner++) {
                    long row = 4L * ROW * FieldKernels.cornerRow(corner);
                    node(unit, child, corner, s[child] + row, t[child] + row);
                }
                kernels.extendGrid(s[child], ROW);
                kernels.extendGrid(t[child], ROW);
            }
            kernels.addGridCorners(corners(0), weights, s[0], s[1], ROW);
            kernels.addGridCorners(corners(1), weights, t[0], t[1], ROW);
            kernels.addGridProducts(products(0), weights, s[0], s[1], ROW);
            kernels.addGridCross(products(1), weights, s[0], t[1], s[1], t[0], ROW);
            kernels.addGridProducts(products(2), weights, t[0], t[1], ROW);
        }

        /// s and t of one run of nodes.
        private void node(Unit unit, int child, int corner, long toS, long toT) {
            Term term = unit.form().terms().getFirst();
            for (int leaf = 0; leaf < LEAVES; leaf++) {
                int run = 2 * CORNERS * leaf + CORNERS * child + corner;
                term.values().embed(leaves[leaf], unit.tile(), unit.from() + run * ROW, ROW, kernels);
            }
            kernels.addBase(toS, leaves[0], leaves[1], ROW);
            kernels.mulBase(toT, leaves[0], leaves[1], ROW);
        }

        @Override
        void settle(QM31[] f, Form form, QM31 weight) {
            QM31 c = form.constant();
            QM31 c2 = c.square();
            QM31 c3 = c2.mul(c);
            QM31 w = form.terms().getFirst().weight();
            QM31 w2 = w.square();
            QM31 quadratic = w2.mul(c.add(c).add(lambda.mul(c2)));
            addConstant(f, weight.mul(c3.mul(4).add(lambda.mul(c2.square()))));
            addCorners(f, 0, w.mul(c2.mul(3).add(lambda.mul(c3))));
            addCorners(f, 1, quadratic);
            addProducts(f, 0, quadratic);
            addProducts(f, 1, w2.mul(w).mul(QM31.ONE.add(lambda.mul(c))));
            addProducts(f, 2, w2.square().mul(lambda));
        }

        /// The corners of s, then those of t, of one unit.
        private void rows(Unit unit) {
            for (int child = 0; child < 2; child++) {
                for (int corner = 0; corner < CORNERS; corner++) {
                    long row = rows[child] + 4L * ROW * corner;
                    node(unit, child, corner, row, row + 4L * ROW * CORNERS);
                }
            }
        }
    }

    /// What the bound children of units of one form are combinations of: constants, and weights of the corners of s and
    /// t.
    private record Combination(QM31 p, QM31 q, long pWeights, long qWeights, QM31 a, long aWeights) {}

    /// @param leaves some units of which are linear with one value
    /// @param r point of the layer
    /// @param arena shared, owns scratch memory and the bound children
    GridNodes(LeafLayer leaves, QM31[] r, QM31 lambda, Host host, MemoryScope arena) {
        this.r = r;
        this.lambda = lambda;
        this.host = host;
        this.kernels = host.field();
        this.arena = arena;
        this.runBits = leaves.layout().runBits();
        this.split = new UnitSplit(leaves, form -> form.terms().size() == 1);
        this.plain = split.plain().length == 0 ? null
                : NodeRounds.parents(leaves.of(split.plain()), lambda, host, arena);
        long low = EqTable.allocate(arena, Arrays.copyOf(r, runBits), QM31.ONE, kernels);
        this.sums = new Sums[host.threads()];
        Arrays.setAll(sums, _ -> new Sums(low));
    }

    @Override
    public QM31[] first(SplitEq eq) {
        int m = r.length;
        QM31[] weights = Eq.table(Arrays.copyOfRange(r, runBits, m - GridRounds.VARIABLES));
        grid = new GridRounds(GridSums.over(split.linear(), weights, sums, host), r[m - 3], r[m - 2]);
        if (plain == null) {
            return grid.round();
        }
        Strips below = new Strips(GridRounds.VARIABLES - 1, (long) split.plain().length << runBits);
        plainEq = new SplitEq(arena, Arrays.copyOf(r, m - 1), below, runBits, split.plain(), kernels);
        return withPlain(plain.first(plainEq));
    }

    private QM31[] withPlain(QM31[] g) {
        QM31[] own = grid.round();
        return new QM31[] {own[0].add(g[0]), own[1].add(g[1])};
    }

    @Override
    public QM31[] next(QM31 z, SplitEq eq) {
        if (children != null) {
            return children.next(z, eq);
        }
        grid.bind(z);
        if (plain == null) {
            return grid.round();
        }
        plainEq.halve();
        return withPlain(plain.next(z, plainEq));
    }

    /// Makes the children with all three variables bound.
    @Override
    public void whole(QM31 z, long width, long size) {
        grid.bind(z);
        QM31[] corners = grid.corners();
        Map<Form, Combination> combinations = new IdentityHashMap<>();
        for (Unit unit : split.linear()) {
            combinations.computeIfAbsent(unit.form(), form -> combination(form, corners));
        }
        MergedChildren all = new MergedChildren(arena.allocateExtRaw(size), arena.allocateExtRaw(size),
                arena.allocateExtRaw(size), arena.allocateExtRaw(size), host);
        new Strips(0, width).forEach(host, ROW, (part, _, from, n) -> {
            Unit unit = split.linear((int) (from >>> runBits));
            if (unit == null) {
                plain.children().foldInto(all, from,
                        (long) split.plainPlace((int) (from >>> runBits)) << runBits,
                        (long) split.plain().length << runBits, grid.lowest(), n);
            } else {
                combine(all, from * Memory.EXT_BYTES, combinations.get(unit.form()), unit, sums[part]);
            }
        });
        all.neutral(width, size, lambda);
        children = all;
    }

    private Combination combination(Form form, QM31[] corners) {
        QM31 c = form.constant();
        QM31 w = form.terms().getFirst().weight();
        QM31 square = w.square();
        QM31 p = c.add(c);
        QM31 q = c.square();
        long pWeights = weights(corners, w, QM31.ZERO);
        long qWeights = weights(corners, c.mul(w), square);
        long aWeights = weights(corners, w.add(lambda.mul(c.mul(w))), lambda.mul(square));
        return new Combination(p, q, pWeights, qWeights, p.add(lambda.mul(q)), aWeights);
    }

    private long weights(QM31[] corners, QM31 s, QM31 t) {
        long table = arena.allocateExt(2 * CORNERS);
        for (int corner = 0; corner < CORNERS; corner++) {
            Memory.setExt(table, corner, corners[corner].mul(s));
            Memory.setExt(table, CORNERS + corner, corners[corner].mul(t));
        }
        return table;
    }

    private void combine(MergedChildren to, long skip, Combination by, Unit unit, Sums s) {
        s.rows(unit);
        combine(to.a() + skip, by.a, s.rows[0], by.aWeights, 2 * CORNERS);
        combine(to.q0() + skip, by.q, s.rows[0], by.qWeights, 2 * CORNERS);
        combine(to.p1() + skip, by.p, s.rows[1], by.pWeights, CORNERS);
        combine(to.q1() + skip, by.q, s.rows[1], by.qWeights, 2 * CORNERS);
    }

    private void combine(long dst, QM31 constant, long rows, long weights, int count) {
        kernels.fillExt(dst, constant, ROW);
        kernels.combineRows(dst, rows, ROW, ROW, weights, count);
    }

    @Override
    public MergedChildren children() {
        return children;
    }

    @Override
    public QM31 lambda() {
        return lambda;
    }
}
