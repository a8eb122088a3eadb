package dev.chagres.prove.run;

import dev.chagres.prove.stage.PassResult;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/// First pass of the opening over some ranges of rows ([dev.chagres.prove.stage.OpeningPasses#headSums]), summed.
///
/// @param batch is not among the bytes of the task: all tasks have the same one
record HeadSumsTask(List<Integer> ranges, ClaimBatch batch) implements PassTask<PassResult> {
    @Override
    public PassResult run(TaskContext site) {
        return site.sum(ranges, range -> site.passes().headSums(range, batch.claims(), batch.gamma()));
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        TaskCodec.writeNumbers(out, ranges);
    }
}
