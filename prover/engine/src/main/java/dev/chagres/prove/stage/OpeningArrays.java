package dev.chagres.prove.stage;

import dev.chagres.field.QM31;
import java.util.List;

/// The arrays of an opening after its passes. They stay where the stages are; messages, digests and opened columns
/// come back. Results of passes may come from anywhere ([PassResult]). A call takes those that it is given; one that
/// fails may leave some to their owner, who closes them as usual. Safe for use by several threads; what it makes is used
/// by one at a time.
public interface OpeningArrays {
    /// The sum of results of a pass over different ranges.
    ///
    /// @param sum of earlier ranges, or null for the first one
    PassResult add(PassResult sum, PassResult part);

    /// Puts F and W of a range ([OpeningPasses#fold]) at their places in F, then W, of all ranges: two ext arrays of
    /// 2^(variables - head) elements.
    ///
    /// @param all what earlier ranges have become, or null for the first one
    PassResult place(int range, PassResult all, PassResult part);

    /// The rounds of the head variables: products of eq(z_g, y) and H_g\[y\] over all groups g and all y, whose
    /// variables are bound.
    ///
    /// @param groups the low points z_g, of as many coordinates as the head has variables
    /// @param sums H_g for all groups, one after another
    ProductRounds head(List<QM31[]> groups, PassResult sums);

    /// The rounds of the other variables.
    ///
    /// @param folded F and W of all ranges
    ProductRounds tail(PassResult folded);

    /// The arrays of the ladder: u and the weights eq(point).
    ///
    /// @param u the combination of all rows, 2^k elements
    /// @param point of k coordinates
    LadderArrays ladder(PassResult u, QM31[] point);
}
