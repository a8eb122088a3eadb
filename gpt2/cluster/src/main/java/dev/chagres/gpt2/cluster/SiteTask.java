package dev.chagres.gpt2.cluster;

import dev.chagres.gpt2.cluster.LineTask.Setting;
import dev.chagres.prove.remote.Wire;
import java.io.DataInputStream;
import java.io.IOException;

/// What an executor is told of one proof over many: a job for its part.
///
/// @param setting of all proofs
/// @param proof   names the proof
/// @param job     as the coordinator of the proof wrote it
record SiteTask(Setting setting, long proof, byte[] job) {
    byte[] encode(String build) {
        return Wire.write(build, out -> {
            setting.write(out);
            out.writeLong(proof);
            Wire.bytes(out, job);
        });
    }

    /// @throws dev.chagres.prove.remote.Wire.OtherBuildException if another build wrote the bytes
    static SiteTask decode(byte[] bytes) throws IOException {
        DataInputStream in = Wire.read(bytes, "the driver");
        return new SiteTask(Setting.read(in), in.readLong(), Wire.bytes(in));
    }
}
