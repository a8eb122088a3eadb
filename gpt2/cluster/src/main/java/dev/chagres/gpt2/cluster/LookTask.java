package dev.chagres.gpt2.cluster;

import dev.chagres.prove.remote.Wire;
import java.io.DataInputStream;
import java.io.IOException;

/// Asks an executor what it has.
///
/// @param key    file of the proving key that it should see, empty for none
/// @param digest of the verifying key in it, in hexadecimal
record LookTask(String key, String digest) {
    byte[] encode(String build) {
        return Wire.write(build, out -> {
            Wire.text(out, key);
            Wire.text(out, digest);
        });
    }

    /// @throws dev.chagres.prove.remote.Wire.OtherBuildException if another build wrote the bytes
    static LookTask decode(byte[] bytes) throws IOException {
        DataInputStream in = Wire.read(bytes, "the driver");
        return new LookTask(Wire.text(in), Wire.text(in));
    }
}
