package dev.chagres.prove.run;

import java.io.DataOutput;
import java.io.IOException;
import java.util.Set;

/// A part of a proof that can run on any machine that has the key: what it needs is in its fields, in the graph, which
/// follows from the public sequence, and in the tensors of the sections that it names, which follow from the streams
/// ([Streams]). It changes none of them.
///
/// @param <R> what it makes, written and read by [TaskCodec]
public sealed interface ProofTask<R> permits CountTask, ChunkTask, SectionTask, DeferredTask, PassTask {
    /// Runs the task.
    ///
    /// @param site the graph, the key and the tensors
    R run(TaskContext site);

    /// Sections whose tensors it reads beside the streams, by number; the number of sections stands for the
    /// multiplicities.
    Set<Integer> reads(TaskContext site);

    /// Writes the fields.
    void write(DataOutput out, TaskContext site) throws IOException;
}
