package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;

/// The two children of every node of a layer while the variables of the layer are bound, top variable first; at least 2^5
/// values of each child.
sealed interface LayerRounds permits StoredLayerRounds, UnitLayerRounds {
    /// {g(0), coefficient of X^2} of `g(X) = sum_x eq[x] (p0 q1 + p1 q0 + lambda q0 q1)(X, x)` over half = 2^variable
    /// positions x.
    ///
    /// @param eq table of eq over the lower variables
    QM31[] round(int variable, long eq);

    /// Binds `variable` to `r`.
    void fold(int variable, QM31 r);

    /// The first 2^variables values of p0, p1, q0, q1.
    QM31[][] values(int variables);
}
