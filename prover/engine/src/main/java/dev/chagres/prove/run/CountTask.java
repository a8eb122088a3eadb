package dev.chagres.prove.run;

import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.witness.Witness;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Counts the lookups of some sections.
///
/// @param sections their numbers
record CountTask(List<Integer> sections) implements ProofTask<TableCounts> {
    /// @throws IllegalStateException if a looked-up tuple is not in its table
    @Override
    public TableCounts run(TaskContext site) {
        TableCounts counts = new TableCounts();
        Witness witness = site.witness();
        for (int section : sections) {
            try (Witness.Use _ = witness.use(section, false)) {
                counts.add(site.stages().counts(site.graph().sections().get(section).segments(), witness));
            }
        }
        return counts;
    }

    @Override
    public Set<Integer> reads(TaskContext site) {
        return new TreeSet<>(sections);
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        TaskCodec.writeNumbers(out, sections);
    }
}
