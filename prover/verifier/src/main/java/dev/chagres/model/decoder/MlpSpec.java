package dev.chagres.model.decoder;

import dev.chagres.semantics.Interval;

/// The public numbers of the first half of an MLP, up to its hidden row.
public sealed interface MlpSpec {
    /// The shift of the accumulators before the activation table, and of all others from the same input.
    int shift();

    /// The least index of the activation table.
    int base();

    /// The number of entries of the activation table.
    int entries();

    /// The indices of the activation table.
    default Interval indices() {
        return new Interval(base(), (long) base() + entries() - 1);
    }

    /// `g = f[rsh(acc, s)]`.
    record Plain(int shift, int base, int entries) implements MlpSpec {}

    /// `a = f[rsh(gate, s)]`, `ub = rsh(up, s)`, `g = clamp(rsh(a ub, productShift), hiddenBound)`.
    ///
    /// @param hidden interval of a: it holds every entry of the table, and 0
    /// @param up proved interval of ub; it holds 0
    /// @param productShift s_g
    record Gated(int shift, int base, int entries, Interval hidden, Interval up, int productShift) implements MlpSpec {
        /// The interval of `a ub`.
        public Interval product() {
            return hidden.times(up);
        }

        /// The interval of `uh = rsh(a ub, s_g)`.
        public Interval quotient() {
            return product().shifted(productShift);
        }
    }
}
