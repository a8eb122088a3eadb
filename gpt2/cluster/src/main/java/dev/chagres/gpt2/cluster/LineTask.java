package dev.chagres.gpt2.cluster;

import dev.chagres.cli.BatchLine;
import dev.chagres.prove.remote.Wire;
import dev.chagres.statement.Binding;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/// What an executor is told: one line of a batch, and how to prove it.
///
/// @param setting of all lines
/// @param line    to prove
record LineTask(Setting setting, BatchLine line) {
    /// What all lines of a batch have in common.
    ///
    /// @param keyFile     of the proving key, as executors see it
    /// @param keySent     whether Spark has sent the key; `keyFile` is then its name
    /// @param keyDigest   of the verifying key
    /// @param out         folder that driver and executors see; empty where proofs come back with results
    /// @param mark        text that stands in [#MARK] in the folder, so that it is known to be the same one
    /// @param threads     of an executor
    /// @param memoryBytes that an executor may use in all, 0 for no limit
    /// @param spill       folder for what does not fit; empty for the system's temporary folder
    /// @param device      as of the option `--device`
    record Setting(String keyFile, boolean keySent, byte[] keyDigest, String out, String mark, int threads,
            long memoryBytes, String spill, String device) {
        /// Name of the file with the mark.
        static final String MARK = "mark";
        /// Where executors put proofs that the driver has not seen yet, below the folder of proofs.
        static final String UNSEEN = ".unseen";

        boolean returned() {
            return out.isEmpty();
        }

        void write(DataOutputStream to) throws IOException {
            Wire.text(to, keyFile);
            to.writeBoolean(keySent);
            Wire.bytes(to, keyDigest);
            Wire.text(to, out);
            Wire.text(to, mark);
            to.writeInt(threads);
            to.writeLong(memoryBytes);
            Wire.text(to, spill);
            Wire.text(to, device);
        }

        static Setting read(DataInputStream in) throws IOException {
            return new Setting(Wire.text(in), in.readBoolean(), Wire.bytes(in), Wire.text(in),
                    Wire.text(in), in.readInt(), in.readLong(), Wire.text(in), Wire.text(in));
        }
    }

    byte[] encode(String build) {
        return Wire.write(build, out -> {
            setting.write(out);
            out.writeInt(line.number());
            Wire.text(out, line.id());
            Wire.ints(out, line.prompt());
            out.writeInt(line.generate());
            Wire.bytes(out, line.binding().bytes());
        });
    }

    /// @throws dev.chagres.prove.remote.Wire.OtherBuildException if another build wrote the bytes
    static LineTask decode(byte[] bytes) throws IOException {
        DataInputStream in = Wire.read(bytes, "the driver");
        Setting setting = Setting.read(in);
        BatchLine line = new BatchLine(in.readInt(), Wire.text(in), Wire.ints(in), in.readInt(),
                Binding.of(Wire.bytes(in)));
        return new LineTask(setting, line);
    }
}
