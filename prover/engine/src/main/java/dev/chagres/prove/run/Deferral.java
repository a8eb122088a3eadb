package dev.chagres.prove.run;

import dev.chagres.graph.Kept;
import dev.chagres.graph.Reduction;
import dev.chagres.graph.Section;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.ArrayList;
import java.util.List;

/// What a section hands over to the stage after the join: what its reductions have kept, and the values of the few
/// columns that their deferred terms are about, so that the stage needs no tensors of sections.
///
/// @param kept for each reduction of the section
/// @param values for each of [#columns], one integer for each element
record Deferral(List<Kept> kept, List<int[]> values) {
    /// Of the tables, which have no reductions.
    static final Deferral NONE = new Deferral(List.of(), List.of());

    /// Copies the values of a section in use.
    static Deferral of(Section section, List<Kept> kept, Witness witness) {
        List<int[]> values = new ArrayList<>();
        for (Column column : columns(section)) {
            IntTensor tensor = witness.of(column);
            int[] copy = new int[Math.toIntExact(tensor.size())];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = tensor.get(i);
            }
            values.add(copy);
        }
        return new Deferral(kept, values);
    }

    /// The columns of all deferred terms of a section.
    static List<Column> columns(Section section) {
        return section.reductions().stream().map(Reduction::deferredColumns).flatMap(List::stream).distinct().toList();
    }
}
