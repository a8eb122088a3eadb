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
import java.util.List;
import java.util.Map;

/// Products of leaves with the first three rounds from one pass over the integers ([GridRounds]), for units of a few
/// weighted values ([LinearUnits]); [PlainProducts] for the other units.
///
/// The three top variables are bits 11, 10 and 9 of a leaf in its unit; bit 12 is that of the child. With s_b = C +
/// sum_k w_k a_k,b, where a_k,b is base and C includes the shift,
/// ```
/// s_0 s_1 = C^2 + C sum_k w_k (a_k,0 + a_k,1) + sum_k w_k^2 a_k,0 a_k,1 + sum_{k < l} w_k w_l (a_k,0 a_l,1 + a_k,1
/// a_l,0)
/// ```
/// The first two terms are at most linear in each variable, so that they have no share at inf. After the three rounds
/// both rows are made in one more pass, all three variables bound at once, an eighth of the leaves.
final class GridProducts implements ShiftedProducts {
    private static final int ROW = GridSums.ROW;
    private static final int CORNERS = GridRounds.CORNERS;
    private static final int TERMS = LinearUnits.MOST_TERMS;

    private final QM31 mu;
    private final QM31[] r;
    private final Host host;
    private final FieldKernels kernels;
    private final MemoryScope arena;
    private final int runBits;
    private final UnitSplit split;
    private final PlainProducts plain;
    private final Sums[] sums;
    private SplitEq plainEq;
    private GridRounds grid;
    private ShiftedChildren children;

    private final class Sums extends GridSums {
        /// Grids of both children for every term.
        private final long[][] grids = new long[TERMS][2];
        private final long weights = arena.allocateExt(ROW);
        private final long low;
        private final QM31[] halves;

        /// @param low eq over the positions of a run
        /// @param halves eq over the two runs of a corner
        Sums(long low, QM31[] halves) {
            super(TERMS * (TERMS + 1) / 2, TERMS, kernels, arena);
            this.low = low;
            this.halves = halves;
            for (long[] pair : grids) {
                Arrays.setAll(pair, _ -> arena.allocateBase((long) FieldKernels.GRID_ROWS * ROW));
            }
        }

        @Override
        void add(Unit unit, QM31 weight) {
            for (int half = 0; half < 2; half++) {
                kernels.scaleExt(weights, low, weight.mul(halves[half]), ROW);
                fill(unit, half);
                int pair = 0;
                int terms = unit.form().terms().size();
                for (int k = 0; k < terms; k++) {
                    kernels.addGridCorners(corners(k), weights, grids[k][0], grids[k][1], ROW);
                    kernels.addGridProducts(products(pair++), weights, grids[k][0], grids[k][1], ROW);
                    for (int l = k + 1; l < terms; l++) {
                        kernels.addGridCross(products(pair++), weights, grids[k][0], grids[l][1], grids[k][1],
                                grids[l][0], ROW);
                    }
                }
            }
        }

        private void fill(Unit unit, int half) {
            List<Term> terms = unit.form().terms();
            for (int k = 0; k < terms.size(); k++) {
                for (int child = 0; child < 2; child++) {
                    for (int corner = 0; corner < CORNERS; corner++) {
                        int run = 2 * (CORNERS * child + corner) + half;
                        terms.get(k).values().embed(grids[k][child] + 4L * ROW * FieldKernels.cornerRow(corner),
                                unit.tile(), unit.from() + run * ROW, ROW, kernels);
                    }
                    kernels.extendGrid(grids[k][child], ROW);
                }
            }
        }

        @Override
        void settle(QM31[] f, Form form, QM31 weight) {
            QM31 constant = form.constant().add(mu);
            List<Term> terms = form.terms();
            int pair = 0;
            for (int k = 0; k < terms.size(); k++) {
                QM31 w = terms.get(k).weight();
                addCorners(f, k, constant.mul(w));
                for (int l = k; l < terms.size(); l++) {
                    addProducts(f, pair++, w.mul(terms.get(l).weight()));
                }
            }
            addConstant(f, constant.square().mul(weight));
        }
    }

    /// @param leaves some units of which are linear
    /// @param mu what is added to denominators of present leaves
    /// @param r point of the layer
    /// @param arena shared, owns scratch memory and the bound rows
    GridProducts(LeafLayer leaves, QM31 mu, QM31[] r, Host host, MemoryScope arena) {
        this.mu = mu;
        this.r = r;
        this.host = host;
        this.kernels = host.field();
        this.arena = arena;
        this.runBits = leaves.layout().runBits();
        this.split = new UnitSplit(leaves, _ -> true);
        this.plain = split.plain().length == 0 ? null
                : new PlainProducts(leaves.of(split.plain()), mu, host, arena);
        long low = EqTable.allocate(arena, Arrays.copyOf(r, runBits), QM31.ONE, kernels);
        QM31[] halves = Eq.table(r[r.length - 1 - GridRounds.VARIABLES]);
        this.sums = new Sums[host.threads()];
        Arrays.setAll(sums, _ -> new Sums(low, halves));
    }

    @Override
    public QM31[] first(SplitEq eq) {
        int m = r.length;
        QM31[] weights = Eq.table(Arrays.copyOfRange(r, runBits, m - 1 - GridRounds.VARIABLES));
        grid = new GridRounds(GridSums.over(split.linear(), weights, sums, host), r[m - 3], r[m - 2]);
        if (plain == null) {
            return grid.round();
        }
        Strips below = new Strips(GridRounds.VARIABLES, (long) split.plain().length << runBits);
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
        if (grid.done()) {
            return join(eq);
        }
        if (plain == null) {
            return grid.round();
        }
        plainEq.halve();
        return withPlain(plain.next(z, plainEq));
    }

    /// Makes both rows with three variables bound, two strips, and takes the round of the fourth.
    private QM31[] join(SplitEq eq) {
        long width = eq.size();
        ShiftedChildren rows = ShiftedChildren.allocate(2 * width, host, arena);
        children = rows;
        QM31[] corners = grid.corners();
        Map<Form, long[]> weights = new IdentityHashMap<>();
        for (Unit unit : split.linear()) {
            weights.computeIfAbsent(unit.form(), form -> weights(form, corners));
        }
        return eq.sum(host, (worker, from, n) -> {
            for (long at = from; at < from + n; at += ROW) {
                int u = (int) (at >>> runBits);
                for (int strip = 0; strip < 2; strip++) {
                    long skip = (strip * width + at) * Memory.EXT_BYTES;
                    for (int child = 0; child < 2; child++) {
                        long dst = (child == 0 ? rows.s0() : rows.s1()) + skip;
                        Unit unit = split.linear(u);
                        if (unit == null) {
                            foldPlain(dst, u, child, strip);
                        } else {
                            combine(dst, unit, child, strip, weights.get(unit.form()), sums[worker]);
                        }
                    }
                }
            }
            return rows.chunkRound(eq, from, n);
        });
    }

    /// eq(challenges; corner) times the weight of every term.
    private long[] weights(Form form, QM31[] corners) {
        long[] tables = new long[form.terms().size()];
        for (int k = 0; k < tables.length; k++) {
            tables[k] = arena.allocateExt(CORNERS);
            for (int corner = 0; corner < CORNERS; corner++) {
                Memory.setExt(tables[k], corner, corners[corner].mul(form.terms().get(k).weight()));
            }
        }
        return tables;
    }

    private void combine(long dst, Unit unit, int child, int strip, long[] weights, Sums s) {
        kernels.fillExt(dst, unit.form().constant().add(mu), ROW);
        List<Term> terms = unit.form().terms();
        for (int k = 0; k < terms.size(); k++) {
            terms.get(k).values().combine(dst, unit.tile(), unit.from() + (2 * CORNERS * child + strip) * ROW, ROW,
                    2 * ROW, weights[k], CORNERS, s.grids[0][0], kernels);
        }
    }

    /// Of a plain unit the two first variables are bound already.
    private void foldPlain(long dst, int u, int child, int strip) {
        ShiftedChildren four = plain.children();
        long width = (long) split.plain().length << runBits;
        long low = (child == 0 ? four.s0() : four.s1())
                + (strip * width + ((long) split.plainPlace(u) << runBits)) * Memory.EXT_BYTES;
        kernels.foldExt(dst, low, low + 2 * width * Memory.EXT_BYTES, grid.lowest(), ROW);
    }

    @Override
    public ShiftedChildren children() {
        return children;
    }
}
