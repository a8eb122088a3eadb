package dev.chagres.prove.run;

import dev.chagres.field.QM31;
import dev.chagres.prove.stage.PassResult;
import java.io.DataOutput;
import java.io.IOException;

/// Third pass of the opening over a range of rows ([dev.chagres.prove.stage.OpeningPasses#combine]).
record CombineTask(int range, QM31[] row) implements PassTask {
    @Override
    public PassResult run(TaskContext site) {
        return site.passes().combine(range, row);
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        out.writeInt(range);
        TaskCodec.write(out, row);
    }
}
