package dev.chagres.prove.run;

import dev.chagres.field.QM31;
import dev.chagres.prove.commit.PassParts;
import dev.chagres.prove.run.Owners.Part;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.task.Needs;
import dev.chagres.tensor.Claim;
import java.util.List;

/// Passes of an opening over tensors that other machines own, one part for each of them. What is summed over ranges is
/// summed there.
///
/// @param here the coordinator's
/// @param parts ranges of each owner
record OwnedPasses(TaskRunner runner, TaskContext here, List<Part> parts) implements PassParts {
    @Override
    public List<List<Integer>> ranges() {
        return parts.stream().map(Part::items).toList();
    }

    @Override
    public Needs needs(long bytes) {
        return Needs.ELSEWHERE;
    }

    @Override
    public void begin(List<Claim> claims, QM31 gamma) {
        runner.batched(new ClaimBatch(claims, gamma), here);
    }

    @Override
    public IllegalStateException wrong(String pass, IllegalStateException noticed) {
        return new IllegalStateException("a site has answered wrong, task " + pass + ": " + noticed.getMessage(), noticed);
    }

    private <R> List<R> run(int part, List<? extends ProofTask<R>> tasks) {
        return runner.run(parts.get(part).site(), tasks, here);
    }

    @Override
    public PassResult headSums(int part, List<Claim> claims, QM31 gamma) {
        ClaimBatch batch = new ClaimBatch(claims, gamma);
        return run(part, List.of(new HeadSumsTask(parts.get(part).items(), batch))).getFirst();
    }

    @Override
    public List<PassResult> fold(int part, List<Claim> claims, QM31 gamma, QM31[] low) {
        ClaimBatch batch = new ClaimBatch(claims, gamma);
        return run(part, parts.get(part).items().stream().map(range -> new FoldTask(range, batch, low)).toList());
    }

    @Override
    public PassResult combine(int part, QM31[] row) {
        return run(part, List.of(new CombineTask(parts.get(part).items(), row))).getFirst();
    }
}
