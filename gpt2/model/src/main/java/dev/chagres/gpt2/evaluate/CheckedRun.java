package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.prove.Inference;
import dev.chagres.prove.profile.Progress;
import java.util.Arrays;
import java.util.List;

/// The integer side of a short comparison
/// ([dev.chagres.gpt2.quantize.QuantizationReport#compare(dev.chagres.gpt2.reference.FloatModel,
/// dev.chagres.gpt2.quantize.QuantizationReport.IntegerEngine, double, List)]): the engine, which counts what clamps
/// of the model cut on the way, and how much wide writes add of what they may.
public final class CheckedRun {
    /// Rows of logits in memory at a time.
    private static final int ROWS = 64;

    private final Evaluation models;
    private final ClampCounter clamps;
    private final WriteCounter writes;

    /// @param models open while this is used
    public CheckedRun(Evaluation models) {
        this.models = models;
        this.clamps = new ClampCounter(models.model());
        this.writes = new WriteCounter(models.model());
    }

    /// Hands every row of integer logits to the consumer, in order.
    ///
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    public void forward(int[] ids, ReferenceInference.LogitConsumer consumer) {
        try (Inference run = models.infer(ids, Progress.NONE)) {
            clamps.add(run);
            writes.add(run);
            for (int from = 0; from < ids.length; from += ROWS) {
                int[][] rows = run.logits(from, Math.min(ids.length, from + ROWS));
                for (int t = 0; t < rows.length; t++) {
                    consumer.accept(from + t, Arrays.stream(rows[t]).asLongStream().toArray());
                }
            }
        }
    }

    /// What was cut so far.
    public List<ClampedRange> ranges() {
        return clamps.ranges();
    }

    /// What wide writes added so far, of what they may.
    public List<WriteRange> writes() {
        return writes.ranges();
    }
}
