package dev.chagres.prove.stage;

import dev.chagres.graph.Evaluation;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.tensor.IntTensor;

/// The id that a greedy generation goes on with.
public final class GreedyChoice {
    private GreedyChoice() {}

    /// The smallest id with the largest logit. Those that pad the vocabulary have a logit below all others.
    ///
    /// @param row that the run has evaluated
    public static int of(Evaluation run, MatrixProduct logits, int row) {
        IntTensor values = run.state(logits, () -> run.allocate(logits.out().padded(), Integer.SIZE));
        run.product(logits, row, row + 1, (_, acc, first, _) -> acc.store(values, first, 1));
        int best = 0;
        for (int id = 1; id < values.size(); id++) {
            if (values.get32(id) > values.get32(best)) {
                best = id;
            }
        }
        return best;
    }
}
