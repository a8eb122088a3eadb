package dev.chagres.gpt2.cluster;

import dev.chagres.prove.remote.Wire;
import java.io.DataInputStream;
import java.io.IOException;

/// What an executor answers to a [SiteTask].
///
/// @param where  the executor, for messages
/// @param error  why it runs no job of this proof; empty if it has
/// @param answer for the coordinator of the proof
record SiteResult(String where, String error, byte[] answer) {
    byte[] encode() {
        return Wire.write(answer.length, out -> {
            Wire.text(out, where);
            Wire.text(out, error);
            Wire.bytes(out, answer);
        });
    }

    /// @throws dev.chagres.prove.remote.Wire.OtherBuildException if another build wrote the bytes
    static SiteResult decode(byte[] bytes) throws IOException {
        DataInputStream in = Wire.read(bytes, "an executor");
        return new SiteResult(Wire.text(in), Wire.text(in), Wire.bytes(in));
    }
}
