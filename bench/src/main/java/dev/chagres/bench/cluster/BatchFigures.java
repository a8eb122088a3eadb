package dev.chagres.bench.cluster;

import java.util.List;
import java.util.Map;

/// A batch on so many executors.
///
/// @param executors    how many
/// @param pinned       whether each had cores of its own
/// @param startSeconds until the first line began: the cluster's own start
/// @param batchSeconds from then to the last verified proof
/// @param lineSeconds  of inference and proof, in the order in which lines ended
/// @param downBytes    of all tasks
/// @param upBytes      of all answers, proofs included
/// @param digests      of the proofs, by line
record BatchFigures(int executors, boolean pinned, double startSeconds, double batchSeconds, List<Double> lineSeconds,
        long downBytes, long upBytes, Map<Integer, String> digests) {
    int lines() {
        return lineSeconds.size();
    }

    /// The first line of an executor is a cold one.
    double coldSeconds() {
        return lineSeconds.stream().limit(executors).mapToDouble(d -> d).average().orElse(Double.NaN);
    }

    /// Mean of the others, which is no number where there are none.
    double warmSeconds() {
        return lineSeconds.stream().skip(executors).mapToDouble(d -> d).average().orElse(Double.NaN);
    }
}
