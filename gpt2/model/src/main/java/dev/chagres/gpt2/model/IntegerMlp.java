package dev.chagres.gpt2.model;

import dev.chagres.semantics.Interval;

/// The first half of an MLP, up to its hidden row g.
public sealed interface IntegerMlp {
    /// d -> F. For a plain MLP the index of the activation table, for a gated one ub.
    IntegerLinear up();

    /// What the activation table is read at: `up` of a plain MLP, `gate` of a gated one.
    IntegerLinear indexed();

    /// The index of `table[0]`.
    int base();

    /// The activation table, over an interval that holds every index.
    int[] table();

    /// An index u stands for u * inputUnit, for information.
    double inputUnit();

    /// An entry stands for entry * outputUnit, for information.
    double outputUnit();

    /// The table as a function of the index.
    default int activation(long u) {
        return table()[(int) (u - base())];
    }

    /// The least and largest table entry, 0 included: what a padded channel may hold.
    default Interval range() {
        int low = 0;
        int high = 0;
        for (int entry : table()) {
            low = Math.min(low, entry);
            high = Math.max(high, entry);
        }
        return new Interval(low, high);
    }

    /// The interval of g.
    ///
    /// @param hiddenBound the clamp of hidden values of gated MLPs
    Interval hidden(int hiddenBound);

    /// `g = table[rsh(up) - base]`.
    record Plain(IntegerLinear up, int base, int[] table, double inputUnit, double outputUnit) implements IntegerMlp {
        @Override
        public IntegerLinear indexed() {
            return up;
        }

        @Override
        public Interval hidden(int hiddenBound) {
            return range();
        }
    }

    /// `a = table[rsh(gate) - base]`, `ub = rsh(up)`, `g = clamp(rsh(a ub, productShift), hiddenBound)`.
    ///
    /// @param gate d -> F, with the shift of `up`
    /// @param productShift s_g, 4..16
    record Gated(IntegerLinear gate, IntegerLinear up, int base, int[] table, int productShift, double inputUnit,
            double outputUnit) implements IntegerMlp {
        @Override
        public IntegerLinear indexed() {
            return gate;
        }

        @Override
        public Interval hidden(int hiddenBound) {
            return Interval.symmetric(hiddenBound);
        }
    }
}
