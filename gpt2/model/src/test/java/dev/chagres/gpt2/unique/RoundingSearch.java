package dev.chagres.gpt2.unique;

import dev.chagres.gpt2.unique.Assignment.Place;
import dev.chagres.lookup.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

/// All witnesses of one channel of a projection or of a rotation, given its input row: remainders, indices of the table
/// and results; of a plain projection remainders and quotients.
final class RoundingSearch {
    private final IntSupplier equation;
    private final Looked looked;
    private final Assignment values;
    private final Cell cell;
    private final Place u;
    private final Place remainder;
    private final Optional<Place> out;
    private final Polynomial.Line line;

    /// @param name of the projection or rotation
    /// @param term its place among the projections that share a reduction
    /// @param tag of the sumcheck
    /// @param values has the key and the input
    RoundingSearch(Parts parts, String name, String tag, int term, Assignment values, Cell cell,
            Map<String, Table> instead) {
        Relations relations = parts.relations(name);
        this.looked = new Looked(parts.operation(name), values, instead);
        this.values = values;
        this.cell = cell;
        boolean plain = parts.has(name + ".y");
        this.u = parts.place(name + (plain ? ".y" : ".u"), cell);
        this.remainder = parts.place(name + ".rem", cell);
        this.out = plain ? Optional.empty() : Optional.of(parts.place(name + ".out", cell));
        this.equation = () -> relations.failure(values, cell, tag, term);
        this.line = Polynomial.of(values, List.of(u, remainder), 1, equation).line(0, 1, 0, 0);
    }

    Witnesses run() {
        List<Map<Place, Integer>> found = Search.run(values, List.of(this::quotients));
        for (Map<Place, Integer> witness : found) {
            witness.forEach(values::set);
            if (equation.getAsInt() != 0 || !looked.broken(cell).isEmpty()) {
                throw new IllegalStateException("the search's witness breaks its equation or " + looked.broken(cell));
            }
        }
        return new Witnesses(found);
    }

    private List<Map<Place, Integer>> quotients() {
        if (out.isEmpty()) {
            return looked.pairs("rem", remainder, "y", u, line);
        }
        List<Map<Place, Integer>> found = new ArrayList<>();
        for (int rest : looked.allowed("rem").all()) {
            for (int[] pair : looked.tuples("f").of(line.at(rest))) {
                found.add(Map.of(remainder, rest, u, pair[0], out.get(), pair[1]));
            }
        }
        return found;
    }
}
