package dev.chagres.prove.run;

import dev.chagres.prove.stage.PassResult;
import java.util.Set;

/// A pass of the opening over a range of rows ([dev.chagres.prove.stage.OpeningPasses]).
sealed interface PassTask extends ProofTask<PassResult> permits HeadSumsTask, FoldTask, CombineTask {
    /// Number of the range.
    int range();

    @Override
    default Set<Integer> reads(TaskContext site) {
        return site.sectionsOfRange(range());
    }
}
