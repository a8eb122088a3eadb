package dev.chagres.gpt2.forgery;

import java.util.List;
import java.util.Set;

/// One lie of a dishonest prover: a row of docs/generated/attack-matrix.md.
///
/// @param operation name of the operation, or `tables`
/// @param column name of the column or virtual tensor without that of its operation
/// @param kind what kind of lie
/// @param what how the values are changed
/// @param violated what must notice, and nothing else: names of lookups or sumchecks; empty where several may
/// @param places where it may be told, first choices first
/// @param change changes a run at a place
record Lie(String operation, String column, Kind kind, String what, Set<String> violated, List<Place> places,
        Change change) {
    /// Kinds of lies about values.
    enum Kind {
        /// One value changed after the lookups are counted, nothing else.
        ALONE("alone"),
        /// One value changed by 2^29, which no table holds, before the lookups are counted.
        FAR("far"),
        /// Two positions exchange all that they look up, so that every table and every multiplicity stays right.
        EXCHANGED("exchanged"),
        /// One value changed, everything that follows from it computed again, in its operation and in all later ones.
        CONTINUED("continued"),
        /// A multiplicity changed.
        COUNT("count");

        final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /// A row of the sequence, or of the generated rows, and a channel, head and key, word or entry.
    record Place(int row, int index) {}

    /// Changes a run.
    @FunctionalInterface
    interface Change {
        /// @return whether the lie can be told there
        boolean apply(CheatingProver.Run run, Place place);
    }

    /// Whether the change is made after the lookups are counted.
    boolean afterCount() {
        return kind == Kind.ALONE || kind == Kind.COUNT;
    }

    @Override
    public String toString() {
        return operation + "." + column + ", " + kind.text + ": " + what;
    }
}
