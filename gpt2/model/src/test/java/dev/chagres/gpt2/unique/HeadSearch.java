package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import dev.chagres.gpt2.unique.Assignment.Place;
import dev.chagres.lookup.Table;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// All witnesses of the choice of one id, given the normalised row: the logit that is claimed to be chosen and the
/// limbs of all differences.
final class HeadSearch {
    private static final String NAME = "head";

    private final Parts parts;
    private final Relations relations;
    private final Looked looked;
    private final Assignment values;
    private final int id;
    private final Place chosen;
    private boolean ties;
    private boolean anyReference;

    /// @param parts of the circuit in which `id` is generated
    /// @param values has the key and the row that decides
    HeadSearch(Parts parts, Assignment values, int id, Map<String, Table> instead) {
        this.parts = parts;
        this.relations = parts.relations(NAME);
        this.looked = new Looked(parts.operation(NAME), values, instead);
        this.values = values;
        this.id = id;
        this.chosen = parts.place(NAME + ".chosen", Cell.row(0));
    }

    /// Lets an id pass whose logit an earlier word has as well: differences of earlier words are one more.
    HeadSearch ties() {
        ties = true;
        return this;
    }

    /// Drops the claims that the limbs are 0 at the chosen id.
    HeadSearch anyReference() {
        anyReference = true;
        return this;
    }

    private Cell word(int v) {
        return Cell.row(0).channel(parts.shape(NAME + ".high"), "token", v);
    }

    private Place at(String what, Cell cell) {
        return parts.place(NAME + "." + what, cell);
    }

    /// By how much a difference fails, in high, low and chosen.
    private Polynomial difference(Cell cell, List<Place> unknown) {
        return Polynomial.of(values, unknown, 1, () -> relations.failure(values, cell, NAME + "/logits", 0));
    }

    Witnesses run() {
        List<Search.Step> steps = new ArrayList<>();
        steps.add(this::references);
        Shape shape = parts.shape(NAME + ".high");
        int words = shape.axis("token").count() * shape.axis("token^").count();
        for (int v = 0; v < words; v++) {
            int word = v;
            steps.add(() -> limbs(word));
        }
        Witnesses found = new Witnesses(Search.run(values, steps));
        return anyReference || ties ? found
                : found.checked(values, relations, List.of(looked), List.of(word(0), word(id), word(words - 1)));
    }

    /// The logit of the id: both limbs are claimed to be 0 there.
    private List<Map<Place, Integer>> references() {
        Cell cell = word(id);
        Place high = at("high", cell);
        Place low = at("low", cell);
        // The claims of other values than 0 fail.
        for (Place limb : List.of(high, low)) {
            values.set(limb, 1);
            if (relations.failure(values, cell, "claim " + limb.tensor(), 0) == 0) {
                throw new IllegalStateException(limb + " may be 1");
            }
            values.set(limb, 0);
        }
        Polynomial equation = difference(cell, List.of(chosen));
        List<Map<Place, Integer>> found = new ArrayList<>();
        int reference = equation.solve(0, 0);
        found.add(Map.of(chosen, reference, high, 0, low, 0));
        if (anyReference) {
            for (int bit = 0; bit < 30; bit++) {
                found.add(Map.of(chosen, M31.add(reference, 1 << bit)));
            }
        }
        return found;
    }

    private List<Map<Place, Integer>> limbs(int v) {
        Cell cell = word(v);
        Place high = at("high", cell);
        Place low = at("low", cell);
        if (v == id && !anyReference) {
            return List.of(Map.of(high, values.get(high), low, values.get(low)));
        }
        Polynomial.Line line = difference(cell, List.of(high, low)).line(0, 1, 0, 0);
        if (ties && v < id) {
            line = new Polynomial.Line(M31.sub(line.a(), line.b()), line.b());
        }
        return looked.pairs("low", low, "high", high, line);
    }
}
