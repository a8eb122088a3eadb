package dev.chagres.prove.run;

import dev.chagres.field.QM31;
import dev.chagres.prove.stage.PassResult;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/// Third pass of the opening over some ranges of rows ([dev.chagres.prove.stage.OpeningPasses#combine]), summed.
record CombineTask(List<Integer> ranges, QM31[] row) implements PassTask<PassResult> {
    @Override
    public PassResult run(TaskContext site) {
        return site.sum(ranges, range -> site.passes().combine(range, row));
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        TaskCodec.writeNumbers(out, ranges);
        TaskCodec.write(out, row);
    }
}
