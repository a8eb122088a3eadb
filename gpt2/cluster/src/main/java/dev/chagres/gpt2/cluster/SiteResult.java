package dev.chagres.gpt2.cluster;

import java.io.DataInputStream;
import java.io.IOException;

/// What an executor answers to a [SiteTask].
///
/// @param where  the executor, for messages
/// @param error  why it runs no job of this proof; empty if it has
/// @param answer for the coordinator of the proof
record SiteResult(String where, String error, byte[] answer) {
    byte[] encode() {
        return TaskFormat.write(TaskFormat.build(), out -> {
            TaskFormat.text(out, where);
            TaskFormat.text(out, error);
            TaskFormat.bytes(out, answer);
        });
    }

    /// @throws TaskFormat.OtherBuildException if another build wrote the bytes
    static SiteResult decode(byte[] bytes) throws IOException {
        DataInputStream in = TaskFormat.read(bytes);
        return new SiteResult(TaskFormat.text(in), TaskFormat.text(in), TaskFormat.bytes(in));
    }
}
