package dev.chagres.prove.lookup;

import dev.chagres.prove.lookup.LinearUnits.Form;
import dev.chagres.prove.lookup.LinearUnits.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The units of a tree by what is done with them: some are linear, the others plain.
final class UnitSplit {
    private final List<Unit> linear = new ArrayList<>();
    private final Unit[] byNumber;
    private final int[] plain;
    private final int[] plainPlaces;

    /// @param which of the linear units of the leaves count as linear
    UnitSplit(LeafLayer leaves, Predicate<Form> which) {
        int count = Math.toIntExact(leaves.layout().units());
        this.byNumber = new Unit[count];
        for (Unit unit : leaves.linear().units()) {
            if (which.test(unit.form())) {
                linear.add(unit);
                byNumber[unit.number()] = unit;
            }
        }
        this.plain = new int[count - linear.size()];
        this.plainPlaces = new int[count];
        int n = 0;
        for (int u = 0; u < count; u++) {
            if (byNumber[u] == null) {
                plainPlaces[u] = n;
                plain[n++] = u;
            }
        }
    }

    /// The linear units in the order of their numbers.
    List<Unit> linear() {
        return linear;
    }

    /// The linear unit with a number; null for a plain one.
    Unit linear(int number) {
        return byNumber[number];
    }

    /// Numbers of the plain units.
    int[] plain() {
        return plain;
    }

    /// Which of the plain units has this number.
    int plainPlace(int number) {
        return plainPlaces[number];
    }
}
