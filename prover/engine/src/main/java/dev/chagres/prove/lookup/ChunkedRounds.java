package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;

/// [dev.chagres.prove.stage.LayerRounds] as sums over chunks, each weighted by a [SplitEq]: the two children of every
/// node of a layer while the variables of the layer are bound, top variable first; at least 2^5 values of each child.
///
/// A round returns {g(0), coefficient of X^2} of `g(X) = sum_x eq[x] (p0 q1 + p1 q0 + lambda q0 q1)(X, x)` over the
/// 2^variable positions x below the variable. Binding a variable and the round of the next one are one call, so that
/// data is read once. Order of calls: `first`, `next` for every further variable, `last`, `values`; or `values` alone.
interface ChunkedRounds {
    /// The round of the top variable.
    ///
    /// @param eq over the variables below
    QM31[] first(int variable, SplitEq eq);

    /// Binds `variable + 1` to `r`, then the round of `variable`.
    QM31[] next(int variable, QM31 r, SplitEq eq);

    /// Binds `variable` to `r`.
    void last(int variable, QM31 r);

    /// The first 2^variables values of p0, p1, q0, q1.
    QM31[][] values(int variables);
}
