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

/// Products of leaves with the first three rounds from one pass over the integers (Bagad, Dao, Domb and Thaler, eprint
/// 2025/1117), for units of a few weighted values ([LinearUnits]); [PlainProducts] for the other units.
///
/// The three top variables, with values 0, 1 and inf (the difference of both), are bits 11, 10 and 9 of a leaf in its
/// unit, and bit 12 is that of the child. With s_b = C + sum_k w_k a_k,b, where a_k,b is base and C includes the shift,
/// ```
/// s_0 s_1 = C^2 + C sum_k w_k (a_k,0 + a_k,1) + sum_k w_k^2 a_k,0 a_k,1 + sum_{k < l} w_k w_l (a_k,0 a_l,1 + a_k,1 a_l,0)
/// ```
/// Its sum against eq over all lower variables is a function F on the grid {0, 1, inf}^3. The first two terms are at most
/// linear in each variable, so that they have no share at inf. Rounds of the three variables follow from F. Then both
/// rows are made in one more pass, all three variables bound at once, an eighth of the leaves.
final class GridProducts implements ShiftedProducts {
    private static final int GRID = FieldKernels.GRID_ROWS;
    private static final int ROW = FieldKernels.GRID_ROW;
    private static final int VARIABLES = 3;
    private static final int CORNERS = 1 << VARIABLES;
    /// Sums of pairs of terms, then those of corners of terms.
    private static final int PAIRS = LinearUnits.MOST_TERMS * (LinearUnits.MOST_TERMS + 1) / 2;

    private final QM31 mu;
    private final QM31[] r;
    private final Host host;
    private final FieldKernels kernels;
    private final MemoryScope arena;
    private final Unit[] units;
    /// All units by number: how they are made.
    private final Unit[] linear;
    /// Place among the plain units of those that are plain.
    private final int[] plainPlaces;
    private final int[] plainUnits;
    private final PlainProducts plain;
    private final int runBits;
    private SplitEq plainEq;
    private final Scratch[] scratch;
    /// F with the digits of bound variables gone.
    private QM31[] grid;
    private final QM31[] bound = new QM31[VARIABLES];
    private int variablesBound;
    private ShiftedChildren children;

    /// Of one thread.
    private final class Scratch {
        /// Grids of both children for every term.
        private final long[][] grids = new long[LinearUnits.MOST_TERMS][2];
        private final long[] products = new long[PAIRS];
        private final long[] corners = new long[LinearUnits.MOST_TERMS];
        private final long weights = arena.allocateExt(ROW);
        private final long sums;
        private final long sumsBytes;

        Scratch() {
            for (long[] pair : grids) {
                Arrays.setAll(pair, _ -> arena.allocateBase((long) GRID * ROW));
            }
            long rowSums = Memory.extBytes((long) GRID * Memory.BLOCK);
            long cornerSums = Memory.extBytes((long) CORNERS * Memory.BLOCK);
            sumsBytes = products.length * rowSums + corners.length * cornerSums;
            sums = arena.allocate(sumsBytes);
            Arrays.setAll(products, i -> sums + i * rowSums);
            Arrays.setAll(corners, i -> sums + products.length * rowSums + i * cornerSums);
        }

        /// Adds positions `half * ROW ..` of each of the sixteen parts of a unit, a part having two halves.
        void add(Unit unit, int half) {
            List<Term> terms = unit.form().terms();
            for (int k = 0; k < terms.size(); k++) {
                for (int child = 0; child < 2; child++) {
                    long at = grids[k][child];
                    for (int corner = 0; corner < CORNERS; corner++) {
                        int part = CORNERS * child + corner;
                        terms.get(k).values().embed(at + 4L * ROW * FieldKernels.cornerRow(corner), unit.tile(),
                                unit.from() + (2 * part + half) * ROW, ROW, kernels);
                    }
                    kernels.extendGrid(at, ROW);
                }
                kernels.addGridCorners(corners[k], weights, grids[k][0], grids[k][1], ROW);
            }
            int pair = 0;
            for (int k = 0; k < terms.size(); k++) {
                kernels.addGridProducts(products[pair++], weights, grids[k][0], grids[k][1], ROW);
                for (int l = k + 1; l < terms.size(); l++) {
                    kernels.addGridCross(products[pair++], weights, grids[k][0], grids[l][1], grids[k][1],
                            grids[l][0], ROW);
                }
            }
        }

        /// Adds what was summed for units of one form to F, and forgets it.
        ///
        /// @param eq sum of the weights of all positions
        void settle(QM31[] f, Form form, QM31 eq) {
            QM31 constant = form.constant().add(mu);
            List<Term> terms = form.terms();
            int pair = 0;
            for (int k = 0; k < terms.size(); k++) {
                QM31 weight = terms.get(k).weight();
                for (int l = k; l < terms.size(); l++) {
                    addTo(f, products[pair++], weight.mul(terms.get(l).weight()));
                }
                QM31 linear = constant.mul(weight);
                for (int corner = 0; corner < CORNERS; corner++) {
                    int v = FieldKernels.cornerRow(corner);
                    f[v] = f[v].add(linear.mul(block(corners[k], corner)));
                }
            }
            QM31 square = constant.square().mul(eq);
            for (int corner = 0; corner < CORNERS; corner++) {
                int v = FieldKernels.cornerRow(corner);
                f[v] = f[v].add(square);
            }
            Memory.zero(sums, sumsBytes);
        }

        private void addTo(QM31[] f, long rows, QM31 weight) {
            for (int v = 0; v < GRID; v++) {
                f[v] = f[v].add(weight.mul(block(rows, v)));
            }
        }

        private QM31 block(long rows, int row) {
            return kernels.sumExt(rows + (long) row * Memory.BLOCK * Memory.EXT_BYTES, Memory.BLOCK);
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
        this.units = leaves.linear().units().toArray(Unit[]::new);
        int count = Math.toIntExact(leaves.layout().units());
        this.linear = new Unit[count];
        for (Unit unit : units) {
            linear[unit.number()] = unit;
        }
        this.plainPlaces = new int[count];
        this.plainUnits = new int[count - units.length];
        for (int u = 0, n = 0; u < count; u++) {
            if (linear[u] == null) {
                plainPlaces[u] = n;
                plainUnits[n++] = u;
            }
        }
        this.plain = plainUnits.length == 0 ? null : new PlainProducts(leaves.of(plainUnits), mu, host, arena);
        this.scratch = new Scratch[host.threads()];
        Arrays.setAll(scratch, _ -> new Scratch());
    }

    @Override
    public QM31[] first(SplitEq eq) {
        grid = sums();
        if (plain != null) {
            Strips below = new Strips(VARIABLES, (long) plainUnits.length << runBits);
            plainEq = new SplitEq(arena, Arrays.copyOf(r, r.length - 1), below, runBits, plainUnits, kernels);
        }
        return withPlain(round(), plain == null ? null : plain.first(plainEq));
    }

    /// F on the whole grid.
    private QM31[] sums() {
        int m = r.length;
        long low = EqTable.allocate(arena, Arrays.copyOf(r, runBits), QM31.ONE, kernels);
        QM31[] unitWeights = Eq.table(Arrays.copyOfRange(r, runBits, m - 1 - VARIABLES));
        QM31[] halves = Eq.table(r[m - 1 - VARIABLES]);
        int parts = Math.min(units.length, host.parts((long) units.length << runBits + VARIABLES));
        QM31[][] sums = new QM31[parts][GRID];
        host.run(parts, (_, part) -> {
            Scratch s = scratch[part];
            Arrays.fill(sums[part], QM31.ZERO);
            int end = units.length * (part + 1) / parts;
            QM31 weight = QM31.ZERO;
            for (int i = units.length * part / parts; i < end; i++) {
                Unit unit = units[i];
                QM31 unitWeight = unitWeights[unit.number()];
                for (int half = 0; half < 2; half++) {
                    kernels.scaleExt(s.weights, low, unitWeight.mul(halves[half]), ROW);
                    s.add(unit, half);
                }
                weight = weight.add(unitWeight);
                if (i + 1 == end || units[i + 1].form() != unit.form()) {
                    s.settle(sums[part], unit.form(), weight);
                    weight = QM31.ZERO;
                }
            }
        });
        QM31[] total = sums[0];
        for (int part = 1; part < parts; part++) {
            QM31[] more = sums[part];
            Arrays.setAll(total, v -> total[v].add(more[v]));
        }
        return total;
    }

    /// The round of the top digit: lower digits are summed against eq.
    private QM31[] round() {
        QM31[] f = grid;
        for (int k = VARIABLES; f.length > 3; k--) {
            QM31[] all = f;
            QM31 at = r[r.length - k];
            QM31[] fewer = new QM31[f.length / 3];
            Arrays.setAll(fewer, v -> all[3 * v].add(at.mul(all[3 * v + 1].sub(all[3 * v]))));
            f = fewer;
        }
        return new QM31[] {f[0], f[2]};
    }

    private static QM31[] withPlain(QM31[] g, QM31[] other) {
        return other == null ? g : new QM31[] {g[0].add(other[0]), g[1].add(other[1])};
    }

    /// Binds the variable of the top digit.
    private void bind(QM31 z) {
        bound[VARIABLES - 1 - variablesBound++] = z;
        int third = grid.length / 3;
        QM31[] all = grid;
        QM31[] fewer = new QM31[third];
        Arrays.setAll(fewer, v -> {
            QM31 at0 = all[v];
            QM31 lead = all[2 * third + v];
            QM31 slope = all[third + v].sub(at0).sub(lead);
            return at0.add(z.mul(slope.add(z.mul(lead))));
        });
        grid = fewer;
    }

    @Override
    public QM31[] next(QM31 z, SplitEq eq) {
        if (children != null) {
            return children.next(z, eq);
        }
        bind(z);
        if (variablesBound < VARIABLES) {
            if (plain == null) {
                return round();
            }
            plainEq.halve();
            return withPlain(round(), plain.next(z, plainEq));
        }
        return join(eq);
    }

    /// Makes both rows with three variables bound, two strips, and takes the round of the fourth.
    private QM31[] join(SplitEq eq) {
        long width = eq.size();
        ShiftedChildren rows = ShiftedChildren.allocate(2 * width, host, arena);
        children = rows;
        QM31[] corners = Eq.table(bound);
        Map<Form, long[]> weights = new IdentityHashMap<>();
        for (Unit unit : units) {
            weights.computeIfAbsent(unit.form(), form -> weights(form, corners));
        }
        return eq.sum(host, (worker, from, n) -> {
            for (long at = from; at < from + n; at += ROW) {
                int u = (int) (at >>> runBits);
                for (int strip = 0; strip < 2; strip++) {
                    long skip = (strip * width + at) * Memory.EXT_BYTES;
                    for (int child = 0; child < 2; child++) {
                        long dst = (child == 0 ? rows.s0() : rows.s1()) + skip;
                        if (linear[u] == null) {
                            foldPlain(dst, u, child, strip);
                        } else {
                            combine(dst, linear[u], child, strip, weights.get(linear[u].form()), scratch[worker]);
                        }
                    }
                }
            }
            return rows.chunkRound(eq, from, n);
        });
    }

    /// eq(bound; corner) times the weight of every term.
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

    private void combine(long dst, Unit unit, int child, int strip, long[] weights, Scratch s) {
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
        long width = (long) plainUnits.length << runBits;
        long low = (child == 0 ? four.s0() : four.s1())
                + (strip * width + ((long) plainPlaces[u] << runBits)) * Memory.EXT_BYTES;
        kernels.foldExt(dst, low, low + 2 * width * Memory.EXT_BYTES, bound[0], ROW);
    }

    @Override
    public void whole(QM31 z, long width, long size) {
        children.whole(z, width, size);
    }

    @Override
    public QM31[] again(SplitEq eq) {
        return children.round(eq);
    }

    @Override
    public void last(QM31 z, long half) {
        children.last(z, half);
    }

    @Override
    public ShiftedChildren children() {
        return children;
    }
}
