package dev.chagres.prove.run;

import dev.chagres.field.QM31;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.tensor.Claim;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/// Second pass of the opening over a range of rows ([dev.chagres.prove.stage.OpeningPasses#fold]).
record FoldTask(int range, List<Claim> claims, QM31 gamma, QM31[] low) implements PassTask {
    @Override
    public PassResult run(TaskContext site) {
        return site.passes().fold(range, claims, gamma, low);
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        out.writeInt(range);
        TaskCodec.write(out, claims, site);
        TaskCodec.write(out, gamma);
        TaskCodec.write(out, low);
    }
}
