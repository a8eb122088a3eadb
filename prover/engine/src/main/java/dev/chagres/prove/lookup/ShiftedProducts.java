package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;

/// The weighted products of two rows of shifted denominators, s = q + mu p, while variables are bound: a round is
/// {g(0), coefficient of X^2} of `g(X) = sum_x eq[x] (s0 s1)(X, x)`. Calls as for [ChunkedRounds].
interface ShiftedProducts {
    QM31[] first(SplitEq eq);

    QM31[] next(QM31 r, SplitEq eq);

    default void whole(QM31 r, long width, long size) {
        children().whole(r, width, size);
    }

    default QM31[] again(SplitEq eq) {
        return children().round(eq);
    }

    default void last(QM31 r, long half) {
        children().last(r, half);
    }

    /// What is left of both rows, once they are stored.
    ShiftedChildren children();
}
