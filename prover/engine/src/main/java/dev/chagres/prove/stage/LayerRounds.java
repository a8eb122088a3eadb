package dev.chagres.prove.stage;

import dev.chagres.field.QM31;

/// The two children of every node of a layer while the variables of the layer are bound, top variable first. The memory
/// of the layer is freed when this is closed.
///
/// A round returns {g(0), coefficient of X^2} of `g(X) = sum_x eq(r, x) (p0 q1 + p1 q0 + lambda q0 q1)(X, x)` over the
/// 2^variable positions x below the variable, where r are the coordinates of the layer's point that belong to x. Tables
/// of eq are made where the data is. Binding a variable and the round of the next one are one call, so that data is
/// read once.
///
/// Order of calls: `first` for the top variable, `next` for every further one down to [#SCALAR_BITS], `last` for it,
/// `values`; or `values` alone where the layer has at most [#SCALAR_BITS] variables. One thread at a time.
public interface LayerRounds extends AutoCloseable {
    /// Variables of the last rounds, whose few values the caller reads and finishes with.
    int SCALAR_BITS = 4;

    /// The round of the top variable.
    QM31[] first(int variable);

    /// Binds `variable + 1` to `challenge`, then the round of `variable`.
    QM31[] next(int variable, QM31 challenge);

    /// Binds `variable` to `challenge`.
    void last(int variable, QM31 challenge);

    /// The first 2^variables values of p0, p1, q0, q1.
    QM31[][] values(int variables);

    @Override
    void close();
}
