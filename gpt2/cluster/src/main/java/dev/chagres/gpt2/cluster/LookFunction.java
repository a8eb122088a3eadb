package dev.chagres.gpt2.cluster;

import dev.chagres.cli.ExecutorFacts;
import dev.chagres.gpt2.cluster.TaskFormat.OtherBuildException;
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
            return ExecutorFacts.silent(id, ExecutorFacts.machine(), TaskFormat.build(), otherBuild(TaskFormat.build(),
                    e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ExecutorFacts.here(id, TaskFormat.build(), task.key().isEmpty() ? null : Path.of(task.key()),
                task.digest());
    }

    static String otherBuild(String here, String driver) {
        return "runs chagres " + here + ", the driver " + driver + "; give all machines the same jars";
    }

    private static byte[] encode(ExecutorFacts facts) {
        return TaskFormat.write(TaskFormat.build(), out -> {
            for (String text : List.of(facts.executor(), facts.host(), facts.build(), facts.jdk(), facts.kernels(),
                    facts.nativeLibrary(), String.join("\n", facts.devices()), facts.keyDigest(), facts.error())) {
                TaskFormat.text(out, text);
            }
            out.writeInt(facts.cores());
            out.writeLong(facts.memoryBytes());
            out.writeLong(facts.memoryFreeBytes());
        });
    }

    /// @throws OtherBuildException if another build wrote the bytes
    static ExecutorFacts decode(byte[] bytes) throws IOException {
        DataInputStream in = TaskFormat.read(bytes);
        String executor = TaskFormat.text(in);
        String host = TaskFormat.text(in);
        String build = TaskFormat.text(in);
        String jdk = TaskFormat.text(in);
        String kernels = TaskFormat.text(in);
        String library = TaskFormat.text(in);
        List<String> devices = TaskFormat.text(in).lines().toList();
        String digest = TaskFormat.text(in);
        String error = TaskFormat.text(in);
        return new ExecutorFacts(executor, host, build, jdk, kernels, library, devices, in.readInt(), in.readLong(),
                in.readLong(), digest, error);
    }
}
