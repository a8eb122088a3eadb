package dev.chagres.prove.run;

import dev.chagres.field.QM31;
import dev.chagres.prove.stage.PassResult;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/// Second pass of the opening over a range of rows ([dev.chagres.prove.stage.OpeningPasses#fold]).
///
/// @param batch is not among the bytes of the task: all tasks have the same one
record FoldTask(int range, ClaimBatch batch, QM31[] low) implements PassTask<PassResult> {
    @Override
    public PassResult run(TaskContext site) {
        return site.passes().fold(range, batch.claims(), batch.gamma(), low);
    }

    @Override
    public List<Integer> ranges() {
        return List.of(range);
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        out.writeInt(range);
        TaskCodec.write(out, low);
    }
}
