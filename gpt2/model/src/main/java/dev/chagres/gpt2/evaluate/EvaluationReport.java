package dev.chagres.gpt2.evaluate;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What an [Evaluation] found. All figures are of the windows that stay in the domain of the integer program.
///
/// @param windows     number of these windows, at least 1
/// @param outside     the windows that do not, in the order of the text
/// @param predictions counted predictions
/// @param integerLoss loss of the integer model, nats a token
/// @param comparison  with the float model, where there is one
/// @param clamps      what was cut, by layer and kind
/// @param writes      what wide writes added of what they may, in the order of computation
/// @param stream      use of the stream's domain, by layer
/// @param norms       exponents and epsilon, norm by norm
/// @param matrices    how large the integers of every matrix are
/// @param layers      errors by layer; empty if they were not asked for
/// @param curve       means by position in the window
public record EvaluationReport(int windows, List<OutsideDomain> outside, long predictions, Estimate integerLoss,
        Optional<Comparison> comparison, List<ClampedRange> clamps, List<WriteRange> writes, List<StreamRange> stream,
        List<NormRange> norms, List<ModelMatrices.Scale> matrices, List<LayerError> layers, Curve curve) {
    /// Perplexity of the integer model.
    public double integerPerplexity() {
        return Math.exp(integerLoss.mean());
    }

    /// Share of all values of a kind that were cut, over all layers and rows.
    ///
    /// @param what as [ClampedRange#what()]
    public double clampedShare(String what) {
        long cut = 0;
        long of = 0;
        for (ClampedRange r : clamps) {
            if (r.what().equals(what)) {
                cut += r.cut() + r.firstCut();
                of += r.of() + r.firstOf();
            }
        }
        return of == 0 ? 0 : (double) cut / of;
    }

    /// How often the largest value of the stream fits its domain.
    public double headroom() {
        return stream.stream().mapToDouble(StreamRange::headroom).min().orElseThrow();
    }

    /// The wide write that came nearest to the end of its table; empty if the model has none.
    public Optional<WriteRange> nearestWrite() {
        return writes.stream().max(Comparator.comparingDouble(WriteRange::share));
    }

    /// The place at which the relative error of the stream grew most over that of the place before, rows of position 0
    /// apart; empty if errors by layer were not asked for.
    public Optional<LayerError> worst() {
        List<LayerError> streams = layers.stream()
                .filter(e -> e.place().startsWith("stream") || e.place().equals("embedding")).toList();
        return IntStream.range(1, streams.size()).boxed()
                .max(Comparator.comparingDouble(i ->
                        streams.get(i).others().mean() - streams.get(i - 1).others().mean()))
                .map(streams::get);
    }
}
