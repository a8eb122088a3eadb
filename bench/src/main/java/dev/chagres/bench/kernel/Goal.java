package dev.chagres.bench.kernel;

import dev.chagres.bench.measure.CLimits.Limit;
import java.util.Locale;
import java.util.Optional;

/// What a kernel should reach.
sealed interface Goal {
    /// A share of the C rate at the same size.
    record Share(double of) implements Goal {
        @Override
        public Optional<Boolean> met(double rate, Optional<Limit> limit) {
            return limit.map(l -> rate >= of * l.best());
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.0f %% of C", 100 * of);
        }
    }

    /// The bandwidth of memory, which the C kernel reaches: within measuring error of its rate.
    record Bandwidth() implements Goal {
        private static final double SHARE = 0.85;

        @Override
        public Optional<Boolean> met(double rate, Optional<Limit> limit) {
            return limit.map(l -> rate >= SHARE * l.best());
        }

        @Override
        public String toString() {
            return "bandwidth";
        }
    }

    /// A rate, in the unit of the kernel.
    record Rate(double least, Unit unit) implements Goal {
        @Override
        public Optional<Boolean> met(double rate, Optional<Limit> limit) {
            return Optional.of(rate >= least);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.0f %s", least, unit);
        }
    }

    /// Nothing was asked for at this size.
    record None() implements Goal {
        @Override
        public Optional<Boolean> met(double rate, Optional<Limit> limit) {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "-";
        }
    }

    /// Whether `rate` reaches the goal; empty when there is no goal or nothing to compare with.
    Optional<Boolean> met(double rate, Optional<Limit> limit);
}
