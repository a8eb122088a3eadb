package dev.chagres.prove.run;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Claim;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/// What is opened.
///
/// @param claims about columns of both trees
/// @param gamma batches them
public record ClaimBatch(List<Claim> claims, QM31 gamma) {
    /// Writes the batch.
    public void write(DataOutput out, TaskContext site) throws IOException {
        TaskCodec.write(out, claims, site);
        TaskCodec.write(out, gamma);
    }

    /// Reads what [#write] has written.
    public static ClaimBatch read(DataInput in, TaskContext site) throws IOException {
        return new ClaimBatch(TaskCodec.readClaims(in, site), TaskCodec.readElement(in));
    }
}
