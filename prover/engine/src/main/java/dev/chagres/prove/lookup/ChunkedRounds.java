package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;

/// [dev.chagres.prove.stage.LayerRounds] as sums over the stored positions of a layer ([Strips]), each weighted by a
/// [SplitEq]: the two children of every node while the variables of the layer are bound, top variable first; at least
/// 2^5 values of each child.
///
/// A round returns {g(0), coefficient of X^2} of `g(X) = sum_x eq[x] (p0 q1 + p1 q0 + lambda q0 q1)(X, x)` over the
/// stored positions x below the variable. Binding a variable and the round of the next one are one call, so that data
/// is read once. Order of calls: `first`, `next` for every further variable, `last`, `values`; or `values` alone. Where
/// a layer has strips, `whole` and `again` take the place of `next` once no variable separates strips any more.
interface ChunkedRounds {
    /// The round of the top variable.
    ///
    /// @param eq over the variables below
    QM31[] first(SplitEq eq);

    /// Binds the variable above to `r`, then the round of the next one.
    QM31[] next(QM31 r, SplitEq eq);

    /// Binds the variable that separates the last two strips to `r` and adds the positions that are not stored: their
    /// fractions are neutral.
    ///
    /// @param width stored positions of a strip
    /// @param size all positions
    void whole(QM31 r, long width, long size);

    /// A round without binding a variable.
    QM31[] again(SplitEq eq);

    /// Binds the last variable.
    ///
    /// @param half values of each child that are left
    void last(QM31 r, long half);

    /// The first 2^variables values of p0, p1, q0, q1.
    QM31[][] values(int variables);
}
