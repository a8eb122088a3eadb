package dev.chagres.prove.run;

/// Where the tasks of a proof run. Called from several threads.
@FunctionalInterface
public interface TaskRunner {
    /// Runs a task and waits for its result. Tensors that the task changes are changed at the coordinator as well when
    /// it returns.
    ///
    /// @param site the coordinator's
    <R> R run(ProofTask<R> task, TaskContext site);

    /// Runs every task where the coordinator is.
    TaskRunner LOCAL = new TaskRunner() {
        @Override
        public <R> R run(ProofTask<R> task, TaskContext site) {
            return task.run(site);
        }
    };
}
