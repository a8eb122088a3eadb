package dev.chagres.bench.cluster;

import dev.chagres.prove.remote.Traffic;
import java.util.List;

/// Proofs of one sequence on so many executors, one after another.
///
/// @param executors   how many; 0 for this process alone
/// @param pinned      whether each had cores of its own
/// @param coldSeconds of inference and the first proof
/// @param warmSeconds of the fastest of the others
/// @param traffic     of the last proof
/// @param digests     of all proofs
record ProofFigures(int executors, boolean pinned, double coldSeconds, double warmSeconds, List<Traffic.Kind> traffic,
        List<String> digests) {
    long downBytes() {
        return traffic.stream().mapToLong(Traffic.Kind::down).sum();
    }

    long upBytes() {
        return traffic.stream().mapToLong(Traffic.Kind::up).sum();
    }
}
