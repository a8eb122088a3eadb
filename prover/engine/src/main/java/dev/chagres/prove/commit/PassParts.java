package dev.chagres.prove.commit;

import dev.chagres.field.QM31;
import dev.chagres.prove.stage.OpeningPasses;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.task.Needs;
import dev.chagres.tensor.Claim;
import java.util.List;
import java.util.stream.IntStream;

/// The passes of an opening ([OpeningPasses]), cut into parts that run beside each other: every part has some ranges,
/// and every range is in one part. Called from several threads.
public interface PassParts {
    /// The ranges of every part.
    List<List<Integer>> ranges();

    /// What a pass over a part needs.
    ///
    /// @param bytes that a pass over one range takes
    Needs needs(long bytes);

    /// Hears of the batch before the first pass over it.
    void begin(List<Claim> claims, QM31 gamma);

    /// What to throw when what came of a pass does not fit the claims.
    ///
    /// @param pass whose results they may be: `head sums or fold`
    IllegalStateException wrong(String pass, IllegalStateException noticed);

    /// The sum of [OpeningPasses#headSums] over the ranges of a part.
    PassResult headSums(int part, List<Claim> claims, QM31 gamma);

    /// What [OpeningPasses#fold] makes of each range of a part.
    List<PassResult> fold(int part, List<Claim> claims, QM31 gamma, QM31[] low);

    /// The sum of [OpeningPasses#combine] over the ranges of a part.
    PassResult combine(int part, QM31[] row);

    /// Every range alone.
    static List<List<Integer>> single(int ranges) {
        return IntStream.range(0, ranges).mapToObj(List::of).toList();
    }

    /// Passes over values that are here, every range alone.
    static PassParts of(OpeningPasses passes, int ranges) {
        return new PassParts() {
            @Override
            public List<List<Integer>> ranges() {
                return single(ranges);
            }

            @Override
            public Needs needs(long bytes) {
                return Needs.share(bytes);
            }

            @Override
            public void begin(List<Claim> claims, QM31 gamma) {
                // whoever passes sees the claims
            }

            @Override
            public IllegalStateException wrong(String pass, IllegalStateException noticed) {
                return noticed;
            }

            @Override
            public PassResult headSums(int part, List<Claim> claims, QM31 gamma) {
                return passes.headSums(part, claims, gamma);
            }

            @Override
            public List<PassResult> fold(int part, List<Claim> claims, QM31 gamma, QM31[] low) {
                return List.of(passes.fold(part, claims, gamma, low));
            }

            @Override
            public PassResult combine(int part, QM31[] row) {
                return passes.combine(part, row);
            }
        };
    }
}
