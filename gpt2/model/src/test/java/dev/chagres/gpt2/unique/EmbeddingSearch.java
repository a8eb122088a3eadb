package dev.chagres.gpt2.unique;

import dev.chagres.gpt2.unique.Assignment.Place;
import java.util.List;
import java.util.Map;

/// All witnesses of one channel of the input stream: its equation is the only thing that says what it is, and it has
/// one zero.
final class EmbeddingSearch {
    private final Assignment values;
    private final Relations relations;
    private final Cell cell;
    private final Place x;
    private final Cell equation;

    EmbeddingSearch(Parts parts, Assignment values, Cell cell) {
        this(parts, values, cell, cell);
    }

    /// @param equation the cell whose equation is asked
    EmbeddingSearch(Parts parts, Assignment values, Cell cell, Cell equation) {
        this.values = values;
        this.relations = parts.relations("embedding");
        this.cell = cell;
        this.x = parts.place("embedding.x", cell);
        this.equation = equation;
    }

    /// @throws IllegalStateException if the equation allows every stream
    Witnesses run() {
        Polynomial zero = Polynomial.of(values, List.of(x), 1,
                () -> relations.failure(values, equation, "embedding/tokens", 0));
        return new Witnesses(Search.run(values, List.of(() -> List.of(Map.of(x, zero.solve(0, 0))))))
                .checked(values, relations, List.of(), List.of(cell));
    }
}
