package dev.chagres.gpt2.unique;

import dev.chagres.gpt2.unique.Assignment.Place;
import dev.chagres.lookup.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/// All witnesses of one channel of a residual write, given the stream before it and the row that it multiplies:
/// remainders, and streams that the norm after it can read.
final class ResidualSearch {
    private final Relations relations;
    private final Looked looked;
    private final Assignment values;
    private final Cell cell;
    private final Place after;
    private final Place remainder;
    private final IntPredicate readable;
    private final Polynomial.Line line;
    private boolean anyQuotient;

    /// @param name of the write
    /// @param values has the key, the input and the stream before
    /// @param readable whether a norm can read a value of the stream
    ResidualSearch(Parts parts, String name, Assignment values, Cell cell, IntPredicate readable,
            Map<String, Table> instead) {
        this.relations = parts.relations(name);
        this.looked = new Looked(parts.operation(name), values, instead);
        this.values = values;
        this.cell = cell;
        this.readable = readable;
        this.after = parts.place(name + ".x", cell);
        this.remainder = parts.place(name + ".rem", cell);
        this.line = Polynomial.of(values, List.of(after, remainder), 1,
                () -> relations.failure(values, cell, name + "/acc", 0)).line(0, 1, 0, 0);
    }

    /// Without the lookup of the quotient of a wide write.
    ResidualSearch anyQuotient() {
        anyQuotient = true;
        return this;
    }

    Witnesses run() {
        return new Witnesses(Search.run(values, List.of(this::streams)))
                .checked(values, relations, anyQuotient ? List.of() : List.of(looked), List.of(cell));
    }

    private boolean allowed(int stream) {
        values.set(after, stream);
        return readable.test(stream) && (anyQuotient || looked.broken(cell).stream().allMatch("rem"::equals));
    }

    private List<Map<Place, Integer>> streams() {
        List<Map<Place, Integer>> found = new ArrayList<>();
        for (int rest : looked.allowed("rem").all()) {
            if (allowed(line.at(rest))) {
                found.add(Map.of(remainder, rest, after, line.at(rest)));
            }
        }
        return found;
    }
}
