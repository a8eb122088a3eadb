package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.quantize.WriterMatrix.Grid;
import dev.chagres.semantics.Interval;

/// The shifts of the writes to the stream. Up to 3 they cost nothing; what a larger one adds is looked up in a table
/// for the whole model, which every proof pays for, so that few larger ones are used, and only for writes whose integer
/// weights would be coarse.
///
/// A table holds several times what calibration saw a write add, not all that its weights could: a run that adds more
/// leaves its domain. Writes of massive rows keep a narrow shift where their table would be long.
///
/// @param fractionBits f: the unit of the stream is 2^-f
/// @param shifts       `[layer]`, of attention's and of the MLP's write
/// @param quotients    by shift, what a write with this shift may add; null for shifts that are narrow or not used
record WriteShifts(int fractionBits, int[][] shifts, Interval[] quotients) {
    /// Weights of this root mean square round well enough: by 0.15 % each.
    private static final double FINE = 200;

    /// Weights of this root mean square at a narrow shift are not worth a table, which is a fixed cost of every proof.
    private static final double NARROW_IS_FINE = 100;

    private static final int NARROW = IntervalCheck.NARROW_SHIFT;
    private static final int MOST = IntervalCheck.MAX_RESIDUAL_SHIFT;

    /// Accumulators are below 2^30.
    private static final int ACCUMULATOR_BITS = 30;

    /// What unseen text may add, in what calibration did.
    private static final double MARGIN = 8;

    /// A coarser stream must lower the error of the writes at least by this factor.
    private static final double WORTH = 1.5;

    /// One more table of 2^n entries must lower it at least by 1 + 2^(n - 24): long ones cost a proof as much as
    /// millions of lookups.
    private static final int WORTH_BITS = 24;

    /// Bits of the longest table there is, `[-2^bits, 2^bits)`.
    private static final int MOST_BITS = 23;

    private static final int MOST_TABLES = 4;

    /// The finest unit from `coarsest` to `finest` whose writes round about as well as with any of them, and their
    /// shifts, with as few and as short tables as do about as well.
    ///
    /// @param grids `[layer][2]`
    static WriteShifts of(Grid[][] grids, int coarsest, int finest) {
        double best = Double.POSITIVE_INFINITY;
        int[][] candidates = new int[finest - coarsest + 1][];
        double[] costs = new double[candidates.length];
        for (int f = finest; f >= coarsest; f--) {
            candidates[finest - f] = tables(grids, f);
            costs[finest - f] = cost(grids, f, candidates[finest - f]);
            best = Math.min(best, costs[finest - f]);
        }
        for (int at = 0; at < costs.length; at++) {
            if (costs[at] <= WORTH * best) {
                return shifts(grids, finest - at, candidates[at]);
            }
        }
        throw new IllegalStateException("no unit of the stream");
    }

    /// Bits of the tables by shift, 0 where there is none: one after another that which lowers the error most for its
    /// length.
    private static int[] tables(Grid[][] grids, int f) {
        int[] tables = new int[MOST + 1];
        for (int n = 0; n < MOST_TABLES; n++) {
            double before = cost(grids, f, tables);
            double most = 1;
            int[] best = tables;
            for (int s = NARROW + 1; s <= MOST; s++) {
                for (int bits = 1; bits <= MOST_BITS && tables[s] == 0; bits++) {
                    int[] more = tables.clone();
                    more[s] = bits;
                    double worth = before / cost(grids, f, more) / (1 + Math.scalb(1.0, bits + 1 - WORTH_BITS));
                    if (worth > most) {
                        most = worth;
                        best = more;
                    }
                }
            }
            tables = best;
        }
        return tables;
    }

    /// The sum of the squares of the relative errors of all writes' weights, but for a factor.
    private static double cost(Grid[][] grids, int f, int[] tables) {
        double cost = 0;
        for (Grid[] layer : grids) {
            for (Grid grid : layer) {
                double weight = grid.weight() * Math.scalb(1.0, f + shift(grid, f, tables));
                if (weight > 0) {
                    double coarse = 1 / Math.min(weight, FINE);
                    cost += coarse * coarse;
                }
            }
        }
        return cost;
    }

    private static WriteShifts shifts(Grid[][] grids, int f, int[] tables) {
        int[][] shifts = new int[grids.length][];
        int[] bits = new int[MOST + 1];
        for (int l = 0; l < grids.length; l++) {
            shifts[l] = new int[2];
            for (int m = 0; m < 2; m++) {
                int s = shift(grids[l][m], f, tables);
                shifts[l][m] = s;
                bits[s] = s > NARROW ? Math.max(bits[s], bits(grids[l][m], f, s)) : 0;
            }
        }
        Interval[] quotients = new Interval[MOST + 1];
        for (int s = NARROW + 1; s <= MOST; s++) {
            quotients[s] = bits[s] > 0 ? new Interval(-(1L << bits[s]), (1L << bits[s]) - 1) : null;
        }
        return new WriteShifts(f, shifts, quotients);
    }

    /// The largest shift that the grid and the tables allow, a narrow one if that is fine enough.
    private static int shift(Grid grid, int f, int[] tables) {
        int most = grid.fractionBits() - f;
        int shift = Math.min(NARROW, most);
        if (grid.weight() * Math.scalb(1.0, f + shift) < NARROW_IS_FINE) {
            for (int s = NARROW + 1; s <= Math.min(MOST, most); s++) {
                shift = bits(grid, f, s) <= tables[s] ? s : shift;
            }
        }
        return shift;
    }

    /// Bits of what a write with a shift may add, at least 1: no more than its accumulators hold.
    private static int bits(Grid grid, int f, int shift) {
        int seen = Math.getExponent(Math.max(1, MARGIN * Math.scalb(grid.reach(), f))) + 1;
        return Math.min(seen, ACCUMULATOR_BITS - shift);
    }
}
