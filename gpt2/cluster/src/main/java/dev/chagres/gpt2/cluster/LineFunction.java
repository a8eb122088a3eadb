package dev.chagres.gpt2.cluster;

import dev.chagres.cli.ExecutorFacts;
import dev.chagres.gpt2.cluster.ExecutorProver.SettingException;
import dev.chagres.gpt2.cluster.LineResult.Kind;
import dev.chagres.gpt2.cluster.LineTask.Setting;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.prove.remote.Wire;
import dev.chagres.prove.remote.Wire.OtherBuildException;
import dev.chagres.semantics.DomainException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import scala.Function1;
import scala.collection.Iterator;

/// What runs in an executor: the bytes of a task in, those of a result out. Every attempt looks for the proof first, and
/// proofs are deterministic, so it does not matter how often a line is tried.
///
/// It carries no state; all builds have the same form of it, and the bytes tell builds apart.
class LineFunction implements Function1<Iterator<byte[]>, byte[]>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public byte[] apply(Iterator<byte[]> tasks) {
        return answer(tasks.next()).encode();
    }

    /// @throws UncheckedIOException if a file cannot be read or written: Spark tries again, perhaps elsewhere
    LineResult answer(byte[] bytes) {
        LineTask task;
        try {
            task = LineTask.decode(bytes);
        } catch (OtherBuildException e) {
            return LineResult.error(Kind.SETTING_ERROR, where(),
                    LookFunction.otherBuild(Wire.build(), e.writer()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return prove(task);
        } catch (SettingException e) {
            return LineResult.error(Kind.SETTING_ERROR, where(), e.getMessage());
        } catch (DomainException | IllegalArgumentException e) {
            return LineResult.error(Kind.LINE_ERROR, where(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(where() + ": " + e.getMessage(), e);
        }
    }

    private static LineResult prove(LineTask task) throws IOException {
        int attempt = TaskContext.get() == null ? 0 : TaskContext.get().attemptNumber();
        Setting setting = task.setting();
        if (setting.returned()) {
            long start = System.nanoTime();
            byte[] proof = ExecutorProver.prove(task).encode();
            return new LineResult(Kind.PROVED, where(), attempt, (System.nanoTime() - start) / 1e9, proof, "");
        }
        Path folder = Path.of(setting.out());
        Path unseen = folder.resolve(Setting.UNSEEN);
        sameFolder(folder, unseen.resolve(Setting.MARK), setting.mark());
        String name = task.line().id() + ".proof";
        if (Files.exists(folder.resolve(name))) {
            return new LineResult(Kind.PRESENT, where(), attempt, 0, new byte[0], "");
        }
        long start = System.nanoTime();
        if (!Files.exists(unseen.resolve(name))) {
            try (WholeFile file = WholeFile.create(unseen.resolve(name))) { // whether there is a place for it shows first
                file.write(ExecutorProver.prove(task).encode());
                file.commit();
            }
        }
        return new LineResult(Kind.PROVED, where(), attempt, (System.nanoTime() - start) / 1e9, new byte[0], "");
    }

    private static void sameFolder(Path folder, Path mark, String expected) throws IOException {
        if (!Files.exists(mark) || !Files.readString(mark).equals(expected)) {
            throw new SettingException("does not see the folder " + folder
                    + " of the driver; share it, or have proofs sent back with --return");
        }
    }

    /// This executor, for messages.
    static String where() {
        return "executor " + (SparkEnv.get() == null ? "?" : SparkEnv.get().executorId()) + " on "
                + ExecutorFacts.machine();
    }
}
