package dev.chagres.prove.stage;

import dev.chagres.field.QM31;

/// The sumcheck of `sum_i a[i] b[i]` over two arrays of as many elements, the top variable first: `round` and `bind` in
/// turn, each of which halves both. The memory is freed when this is closed. One thread at a time.
public interface ProductRounds extends AutoCloseable {
    /// The sum of the products of what is left of both arrays.
    QM31 sum();

    /// s(0), the coefficient of X^2 and, if it is asked for, s(1) of the sum s(X) over all but the top variable.
    ///
    /// @param one whether s(1) is asked for; else there are two results, or a third that is not to be used
    QM31[] round(boolean one);

    /// Binds the top variable.
    void bind(QM31 r);

    /// What is left of a and of b; to be asked for when that is little.
    QM31[][] values();

    @Override
    void close();
}
