package dev.chagres.gpt2.cluster;

import java.io.DataInputStream;
import java.io.IOException;

/// Asks an executor what it has.
///
/// @param key    file of the proving key that it should see, empty for none
/// @param digest of the verifying key in it, in hexadecimal
record LookTask(String key, String digest) {
    byte[] encode(String build) {
        return TaskFormat.write(build, out -> {
            TaskFormat.text(out, key);
            TaskFormat.text(out, digest);
        });
    }

    /// @throws TaskFormat.OtherBuildException if another build wrote the bytes
    static LookTask decode(byte[] bytes) throws IOException {
        DataInputStream in = TaskFormat.read(bytes);
        return new LookTask(TaskFormat.text(in), TaskFormat.text(in));
    }
}
