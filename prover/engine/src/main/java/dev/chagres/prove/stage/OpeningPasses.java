package dev.chagres.prove.stage;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Claim;
import java.util.List;

/// The passes of an opening over the committed values, one range of rows
/// ([dev.chagres.prove.commit.RowRanges]) at a time. Passes over different ranges may run at
/// the same time, and anywhere; their results are summed or joined
/// ([OpeningArrays]), and belong to the caller.
public interface OpeningPasses extends AutoCloseable {
    /// The sums H_g of a range: one group of 2^head values for each distinct low point of the claims
    /// (docs/protocol-opening.md).
    ///
    /// @param gamma batches the claims
    PassResult headSums(int range, List<Claim> claims, QM31 gamma);

    /// F and W of a range, folded over the head variables.
    ///
    /// @param low challenges of the head variables
    PassResult fold(int range, List<Claim> claims, QM31 gamma, QM31[] low);

    /// The combination of the rows of a range.
    ///
    /// @param row challenges of the row variables
    PassResult combine(int range, QM31[] row);

    /// Frees what was kept from one range to the next; nothing by default.
    @Override
    default void close() {}
}
