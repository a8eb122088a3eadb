package dev.chagres.gpt2.unique;

import dev.chagres.gpt2.unique.Assignment.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a search has found, at most two of them.
///
/// @param all values by place
record Witnesses(List<Map<Place, Integer>> all) {
    int count() {
        return all.size();
    }

    /// Where two of them differ; empty if there are not two.
    Map<Place, List<Integer>> difference() {
        Map<Place, List<Integer>> result = new LinkedHashMap<>();
        if (all.size() > 1) {
            all.get(0).forEach((place, value) -> {
                Integer other = all.get(1).get(place);
                if (!value.equals(other)) {
                    List<Integer> both = new ArrayList<>();
                    both.add(value);
                    both.add(other);
                    result.put(place, both);
                }
            });
        }
        return result;
    }

    /// Checks every witness against all equations and all lookups of some cells.
    ///
    /// @throws IllegalStateException if one of them is none
    Witnesses checked(Assignment values, Relations relations, List<Looked> lookups, List<Cell> cells) {
        for (Map<Place, Integer> witness : all) {
            witness.forEach(values::set);
            for (Cell cell : cells) {
                Map<String, int[]> equations = relations.broken(values, cell);
                List<String> missing = lookups.stream().flatMap(l -> l.broken(cell).stream()).toList();
                if (!equations.isEmpty() || !missing.isEmpty()) {
                    throw new IllegalStateException("the search's witness breaks " + equations.keySet() + " and "
                            + missing + " at " + cell);
                }
            }
        }
        return this;
    }
}
