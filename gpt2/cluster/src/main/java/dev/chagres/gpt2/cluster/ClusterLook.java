package dev.chagres.gpt2.cluster;

import dev.chagres.cli.ExecutorFacts;
import dev.chagres.gpt2.cluster.Executors.Executor;
import dev.chagres.prove.remote.Wire.OtherBuildException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkException;

/// Runs a [LookFunction] on every executor.
final class ClusterLook {
    /// A busy executor is waited for; a task that runs elsewhere says nothing about it.
    static final String LOCALITY_WAIT = "30s";

    private final Executors executors;
    private final LookFunction function;
    private final String build;

    /// @param build as which the driver signs
    ClusterLook(Executors executors, LookFunction function, String build) {
        this.executors = executors;
        this.function = function;
        this.build = build;
    }

    /// @param expected how many executors will come, 0 if nobody knows
    /// @param key      null for none
    List<ExecutorFacts> all(int expected, Path key) throws IOException {
        LookTask task = key == null ? new LookTask("", "")
                : new LookTask(key.toAbsolutePath().toString(), ExecutorFacts.digest(key));
        List<ExecutorFacts> all = new ArrayList<>();
        for (Executor executor : executors.await(expected)) {
            all.add(one(executor, task));
        }
        return all;
    }

    private ExecutorFacts one(Executor executor, LookTask task) throws IOException {
        try {
            ExecutorFacts facts = LookFunction.decode(executors.run(task.encode(build), executor, function));
            return facts.executor().equals(executor.id()) ? facts
                    : ExecutorFacts.silent(executor.id(), executor.host(), "", "did not run a task within "
                            + LOCALITY_WAIT + ": it is lost or busy");
        } catch (OtherBuildException e) {
            return ExecutorFacts.silent(executor.id(), executor.host(), e.writer(),
                    LookFunction.otherBuild(e.writer(), build));
        } catch (SparkException e) {
            return ExecutorFacts.silent(executor.id(), executor.host(), "", "failed: " + Contexts.firstLine(e));
        }
    }
}
