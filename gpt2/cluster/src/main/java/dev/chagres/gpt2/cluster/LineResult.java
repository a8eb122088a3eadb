package dev.chagres.gpt2.cluster;

import dev.chagres.prove.remote.Wire;
import java.io.DataInputStream;
import java.io.IOException;

/// What an executor answers.
///
/// @param kind    of answer
/// @param where   the executor, for messages
/// @param attempt of the task, from 0
/// @param seconds of inference and proof
/// @param proof   its bytes where they come back, else empty
/// @param text    of [Kind#LINE_ERROR] and [Kind#SETTING_ERROR]
record LineResult(Kind kind, String where, int attempt, double seconds, byte[] proof, String text) {
    /// Answers. Those that say what is wrong are results and not failures: Spark would try the same again.
    enum Kind {
        /// The proof is in the result or in the folder of those that the driver has not seen.
        PROVED,
        /// The proof, or something else of its name, was in the folder before the work began.
        PRESENT,
        /// The line cannot be proved.
        LINE_ERROR,
        /// No line can be proved in this setting.
        SETTING_ERROR
    }

    static LineResult error(Kind kind, String where, String text) {
        return new LineResult(kind, where, 0, 0, new byte[0], text);
    }

    byte[] encode() {
        return Wire.write(out -> {
            out.writeByte(kind.ordinal());
            Wire.text(out, where);
            out.writeInt(attempt);
            out.writeDouble(seconds);
            Wire.bytes(out, proof);
            Wire.text(out, text);
        });
    }

    /// @throws dev.chagres.prove.remote.Wire.OtherBuildException if another build wrote the bytes
    /// @throws IOException if they are damaged
    static LineResult decode(byte[] bytes) throws IOException {
        DataInputStream in = Wire.read(bytes, "an executor");
        int kind = in.readUnsignedByte();
        if (kind >= Kind.values().length) {
            throw new IOException("no answer has the number " + kind);
        }
        return new LineResult(Kind.values()[kind], Wire.text(in), in.readInt(), in.readDouble(),
                Wire.bytes(in), Wire.text(in));
    }
}
