package dev.chagres.prove.run;

import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.witness.Witness;
import java.util.ArrayList;
import java.util.List;

/// Where the tasks of a proof run. Called from several threads.
@FunctionalInterface
public interface TaskRunner {
    /// Runs a task where the coordinator is and waits for its result.
    ///
    /// @param here the coordinator's graph, key and tensors
    <R> R run(ProofTask<R> task, TaskContext here);

    /// How many other machines own the tensors of the proof; 0 if the coordinator has them.
    default int sites() {
        return 0;
    }

    /// Runs tasks of one kind on the machine that owns their tensors and waits for their results.
    ///
    /// @param site from 0; not asked for where the coordinator has the tensors
    /// @return in the order of the tasks; the caller's
    default <R> List<R> run(int site, List<? extends ProofTask<R>> tasks, TaskContext here) {
        List<R> results = new ArrayList<>();
        tasks.forEach(task -> results.add(run(task, here)));
        return results;
    }

    /// Takes the counts of all lookups, once: they are the multiplicities from now on.
    default void counted(TableCounts counts, TaskContext here) {
        try (Witness.Use _ = here.witness().use(here.graph().sections().size(), true)) {
            counts.addTo(here.witness()::of);
        }
    }

    /// Hears of the claims, once, before tasks of the opening come.
    default void batched(ClaimBatch batch, TaskContext here) {
        // tasks that run here bring them along
    }

    /// Runs every task where the coordinator is.
    TaskRunner LOCAL = new TaskRunner() {
        @Override
        public <R> R run(ProofTask<R> task, TaskContext here) {
            return task.run(here);
        }
    };
}
