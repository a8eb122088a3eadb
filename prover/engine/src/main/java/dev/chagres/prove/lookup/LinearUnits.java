package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import java.util.List;

/// Units whose leaves are `1 / (constant + sum of weighted values)`, all with one constant and the same few weights,
/// their values consecutive in one tile.
///
/// @param units in the order of their numbers
record LinearUnits(List<Unit> units) {
    private static final QM31 MINUS_ONE = QM31.ONE.neg();

    /// Most weighted values of a leaf.
    static final int MOST_TERMS = 2;

    /// No unit at all.
    static final LinearUnits NONE = new LinearUnits(List.of());

    /// The part of a unit that is the same for all units of a tensor.
    record Form(QM31 constant, List<Term> terms) {
        /// Whether a leaf is 1 / (constant - value), the value read where it is stored.
        boolean isDifference() {
            return terms.size() == 1 && terms.getFirst().weight.equals(MINUS_ONE) && terms.getFirst().values.inLine();
        }
    }

    record Term(QM31 weight, ElementSource values) {}

    /// @param number of the unit
    /// @param tile of the tensor
    /// @param from position in the tile of the first leaf
    record Unit(int number, Form form, int tile, int from) {}

    boolean isEmpty() {
        return units.isEmpty();
    }

    /// Whether a unit has this number of weighted values.
    boolean hasTerms(int terms) {
        return units.stream().anyMatch(unit -> unit.form().terms().size() == terms);
    }
}
