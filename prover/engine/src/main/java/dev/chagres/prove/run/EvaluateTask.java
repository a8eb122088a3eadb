package dev.chagres.prove.run;

import java.io.DataOutput;
import java.io.IOException;
import java.util.Set;

/// Computes the integers of a section, from those of the sections that it reads.
///
/// @param section number of the section
/// @param from first row that is not there yet
/// @param to number of rows, padded ones included
/// @param tokens token ids by row; rows past them carry token 0
record EvaluateTask(int section, int from, int to, int[] tokens) implements ProofTask<Boolean> {
    /// @return true
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    @Override
    public Boolean run(TaskContext site) {
        site.evaluation(tokens).section(section, from, to);
        return true;
    }

    @Override
    public Set<Integer> reads(TaskContext site) {
        return SectionTask.tensors(site, section);
    }

    @Override
    public Set<Integer> writes() {
        return Set.of(section);
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        out.writeInt(section);
        out.writeInt(from);
        out.writeInt(to);
        TaskCodec.write(out, tokens);
    }
}
