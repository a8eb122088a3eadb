package dev.chagres.gpt2.cluster;

import dev.chagres.cli.ExecutorFacts;
import dev.chagres.prove.remote.Wire;
import dev.chagres.prove.remote.Wire.OtherBuildException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkEnv;
import scala.Function1;
import scala.collection.Iterator;

/// Answers what an executor has; for `doctor`.
class LookFunction implements Function1<Iterator<byte[]>, byte[]>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public byte[] apply(Iterator<byte[]> tasks) {
        return encode(answer(tasks.next()));
    }

    ExecutorFacts answer(byte[] bytes) {
        String id = SparkEnv.get() == null ? "?" : SparkEnv.get().executorId();
        LookTask task;
        try {
            task = LookTask.decode(bytes);
        } catch (OtherBuildException e) {
            return ExecutorFacts.silent(id, ExecutorFacts.machine(), Wire.build(), otherBuild(Wire.build(),
                    e.writer()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ExecutorFacts.here(id, Wire.build(), task.key().isEmpty() ? null : Path.of(task.key()),
                task.digest());
    }

    static String otherBuild(String here, String driver) {
        return "runs chagres " + here + ", the driver " + driver + "; give all machines the same jars";
    }

    private static byte[] encode(ExecutorFacts facts) {
        return Wire.write(out -> {
            for (String text : List.of(facts.executor(), facts.host(), facts.build(), facts.jdk(), facts.kernels(),
                    facts.nativeLibrary(), String.join("\n", facts.devices()), facts.keyDigest(), facts.error())) {
                Wire.text(out, text);
            }
            out.writeInt(facts.cores());
            out.writeLong(facts.memoryBytes());
            out.writeLong(facts.memoryFreeBytes());
        });
    }

    /// @throws OtherBuildException if another build wrote the bytes
    static ExecutorFacts decode(byte[] bytes) throws IOException {
        DataInputStream in = Wire.read(bytes, "an executor");
        String executor = Wire.text(in);
        String host = Wire.text(in);
        String build = Wire.text(in);
        String jdk = Wire.text(in);
        String kernels = Wire.text(in);
        String library = Wire.text(in);
        List<String> devices = Wire.text(in).lines().toList();
        String digest = Wire.text(in);
        String error = Wire.text(in);
        return new ExecutorFacts(executor, host, build, jdk, kernels, library, devices, in.readInt(), in.readLong(),
                in.readLong(), digest, error);
    }
}
