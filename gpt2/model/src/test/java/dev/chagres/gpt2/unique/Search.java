package dev.chagres.gpt2.unique;

import dev.chagres.gpt2.unique.Assignment.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// Depth-first search over the values of a witness, a few of them in every step; two witnesses are enough.
final class Search {
    private static final int ENOUGH = 2;

    private final Assignment values;
    private final List<Step> steps;
    private final LinkedHashSet<Map<Place, Integer>> found = new LinkedHashSet<>();

    private Search(Assignment values, List<Step> steps) {
        this.values = values;
        this.steps = steps;
    }

    /// Some values, after those of the steps before are assigned.
    interface Step {
        /// @return all values that these places can have
        List<Map<Place, Integer>> choices();
    }

    /// @return one witness after the other until there are two; each differs from the others in some value
    static List<Map<Place, Integer>> run(Assignment values, List<Step> steps) {
        Search s = new Search(values, steps);
        s.step(0, new LinkedHashMap<>());
        return new ArrayList<>(s.found);
    }

    private void step(int i, Map<Place, Integer> before) {
        if (i == steps.size()) {
            found.add(before);
            return;
        }
        for (Map<Place, Integer> choice : steps.get(i).choices()) {
            choice.forEach(values::set);
            Map<Place, Integer> now = new LinkedHashMap<>(before);
            now.putAll(choice);
            step(i + 1, now);
            if (found.size() >= ENOUGH) {
                return;
            }
        }
    }
}
