package dev.chagres.prove.run;

import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.witness.Witness;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Set;

/// Counts the lookups of a section.
///
/// @param section number of the section
record CountTask(int section) implements ProofTask<TableCounts> {
    /// @throws IllegalStateException if a looked-up tuple is not in its table
    @Override
    public TableCounts run(TaskContext site) {
        Witness witness = site.witness();
        try (Witness.Use _ = witness.use(section, false)) {
            return site.stages().counts(site.graph().sections().get(section).segments(), witness);
        }
    }

    @Override
    public Set<Integer> reads(TaskContext site) {
        return SectionTask.tensors(site, section);
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        out.writeInt(section);
    }
}
