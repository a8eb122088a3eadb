package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.quantize.WriterMatrix.Grid;

/// The shifts of the writes to the stream. Up to 3 they cost nothing; a larger one needs a table of its quotients for
/// the whole model, up to 2^24 entries in every proof, so that at most two larger ones are used, and only for writes
/// whose integer weights would be coarse.
///
/// @param fractionBits f: the unit of the stream is 2^-f
/// @param shifts       `[layer]`, of attention's and of the MLP's write
record WriteShifts(int fractionBits, int[][] shifts) {
    /// Weights of this root mean square round well enough: by 0.15 % each.
    private static final double FINE = 200;

    /// Weights of this root mean square at a narrow shift are not worth a table, which is a fixed cost of every proof.
    private static final double NARROW_IS_FINE = 100;

    /// The largest shift without a table.
    private static final int NARROW = 3;

    /// The quotients of accumulators of 2^30 shifted by less do not fit a table of 2^24 entries.
    private static final int LEAST_WIDE = 7;

    /// From here on such a table has at most 2^22 entries.
    private static final int LEAST_CHEAP = 9;

    private static final int MOST = 12;

    /// A coarser stream, or one more table, must lower the error of the writes at least by this factor.
    private static final double WORTH = 1.5;

    /// Tables of smaller shifts cost a proof as much as millions of lookups.
    private static final double WORTH_LARGE = 4;

    /// The finest unit from `coarsest` to `finest` whose writes round about as well as with any of them, and their
    /// shifts, with as few larger ones as do about as well.
    ///
    /// @param grids `[layer][2]`
    static WriteShifts of(Grid[][] grids, int coarsest, int finest) {
        double best = Double.POSITIVE_INFINITY;
        int[][] candidates = new int[finest - coarsest + 1][];
        double[] costs = new double[candidates.length];
        for (int f = finest; f >= coarsest; f--) {
            candidates[finest - f] = wide(grids, f);
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

    /// None, one or two larger shifts, ascending: one more table than another choice, or a larger one, only if it is
    /// worth it.
    private static int[] wide(Grid[][] grids, int f) {
        int[] best = more(grids, f, new int[0], LEAST_CHEAP, WORTH);
        return more(grids, f, best, LEAST_WIDE, WORTH_LARGE);
    }

    /// @param known a choice
    /// @param least smallest shift of another one
    /// @param worth how much lower the error of a choice with another table must be
    private static int[] more(Grid[][] grids, int f, int[] known, int least, double worth) {
        int[] one = known;
        int[] two = known;
        for (int a = least; a <= MOST; a++) {
            one = better(grids, f, one, new int[] {a});
            for (int b = a + 1; b <= MOST; b++) {
                two = better(grids, f, two, new int[] {a, b});
            }
        }
        int[] best = known;
        for (int[] other : new int[][] {one, two}) {
            if (cost(grids, f, other) * worth <= cost(grids, f, best)) {
                best = other;
            }
        }
        return best;
    }

    private static int[] better(Grid[][] grids, int f, int[] known, int[] other) {
        return cost(grids, f, other) < cost(grids, f, known) ? other : known;
    }

    private static double cost(Grid[][] grids, int f, int[] wide) {
        double cost = 0;
        for (Grid[] layer : grids) {
            for (Grid grid : layer) {
                double weight = grid.weight() * Math.scalb(1.0, f + shift(grid, f, wide));
                if (weight > 0) {
                    double coarse = 1 / Math.min(weight, FINE);
                    cost += coarse * coarse;
                }
            }
        }
        return cost;
    }

    private static WriteShifts shifts(Grid[][] grids, int f, int[] wide) {
        int[][] shifts = new int[grids.length][];
        for (int l = 0; l < grids.length; l++) {
            shifts[l] = new int[] {shift(grids[l][0], f, wide), shift(grids[l][1], f, wide)};
        }
        return new WriteShifts(f, shifts);
    }

    /// The largest shift that the grid allows, a narrow one if that is fine enough.
    private static int shift(Grid grid, int f, int[] wide) {
        int most = grid.fractionBits() - f;
        int shift = Math.min(NARROW, most);
        if (grid.weight() * Math.scalb(1.0, f + shift) < NARROW_IS_FINE) {
            for (int s : wide) {
                shift = s <= most ? s : shift;
            }
        }
        return shift;
    }
}
