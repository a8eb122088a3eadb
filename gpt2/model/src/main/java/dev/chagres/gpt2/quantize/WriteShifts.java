package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.quantize.WriterMatrix.Grid;

/// The shifts of the writes to the stream. Up to 3 they cost nothing; a larger one needs a table of its quotients for
/// the whole model, so that at most two larger ones are used, and only for writes whose integer weights would be coarse.
///
/// @param fractionBits f: the unit of the stream is 2^-f
/// @param shifts       `[layer]`, of attention's and of the MLP's write
record WriteShifts(int fractionBits, int[][] shifts) {
    /// Weights of this root mean square round well enough: by 0.15 % each.
    private static final double FINE = 200;

    /// The largest shift without a table.
    private static final int NARROW = 3;

    /// The quotients of accumulators of 2^30 shifted by less do not fit a table of 2^22 entries.
    private static final int LEAST_WIDE = 9;

    private static final int MOST = 12;

    /// A coarser stream must lower the error of its writes at least by this factor.
    private static final double WORTH = 1.5;

    /// The finest unit from `coarsest` to `finest` whose writes round about as well as with any of them, and their
    /// shifts.
    ///
    /// @param grids `[layer][2]`
    static WriteShifts of(Grid[][] grids, int coarsest, int finest) {
        double best = Double.POSITIVE_INFINITY;
        WriteShifts[] candidates = new WriteShifts[finest - coarsest + 1];
        double[] costs = new double[candidates.length];
        for (int f = finest; f >= coarsest; f--) {
            int at = finest - f;
            costs[at] = Double.POSITIVE_INFINITY;
            for (int a = LEAST_WIDE; a <= MOST; a++) {
                for (int b = a; b <= MOST; b++) {
                    double cost = cost(grids, f, a, b);
                    if (cost < costs[at]) {
                        costs[at] = cost;
                        candidates[at] = shifts(grids, f, a, b);
                    }
                }
            }
            best = Math.min(best, costs[at]);
        }
        for (int at = 0; at < costs.length; at++) {
            if (costs[at] <= WORTH * best) {
                return candidates[at];
            }
        }
        throw new IllegalStateException("no unit of the stream");
    }

    private static double cost(Grid[][] grids, int f, int a, int b) {
        double cost = 0;
        for (Grid[] layer : grids) {
            for (Grid grid : layer) {
                double weight = grid.weight() * Math.scalb(1.0, f + shift(grid, f, a, b));
                if (weight > 0) {
                    double coarse = 1 / Math.min(weight, FINE);
                    cost += coarse * coarse;
                }
            }
        }
        return cost;
    }

    private static WriteShifts shifts(Grid[][] grids, int f, int a, int b) {
        int[][] shifts = new int[grids.length][];
        for (int l = 0; l < grids.length; l++) {
            shifts[l] = new int[] {shift(grids[l][0], f, a, b), shift(grids[l][1], f, a, b)};
        }
        return new WriteShifts(f, shifts);
    }

    /// The largest shift that the grid allows, a narrow one if that is fine enough.
    private static int shift(Grid grid, int f, int a, int b) {
        int most = grid.fractionBits() - f;
        int narrow = Math.min(NARROW, most);
        if (grid.weight() * Math.scalb(1.0, f + narrow) >= FINE || most < a) {
            return narrow;
        }
        return most >= b ? b : a;
    }
}
