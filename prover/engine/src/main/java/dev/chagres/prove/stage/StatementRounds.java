package dev.chagres.prove.stage;

import dev.chagres.field.QM31;

/// The factors of a [StatementProgram] as tables over the cube, while its variables are bound, top variable first. Owns
/// their memory until closed.
///
/// A round is about `g(X) = sum_x weight(x) body(X, x)` over the positions x below the variable, where the weight of
/// the program is first summed over the variable, if it depends on it; without one it is 1.
///
/// Order of calls for each variable from the top one down to [LayerRounds#SCALAR_BITS]: `round`, `atOne` if it is
/// wanted, `bind`; then `values`. An implementation may put off a binding until the next round reads the data. One
/// thread at a time.
public interface StatementRounds extends AutoCloseable {
    /// For a degree of at most 2: {g(0), coefficient of X^2}. Above: {g(0), g(2), ..., g(degree)}.
    ///
    /// @param variable number of the top variable that is left
    /// @param degree bound of the degree of g
    QM31[] round(int variable, int degree);

    /// g(1) of the round just asked for.
    QM31 atOne(int variable);

    /// Binds the variable to `r` in every factor but the weight, which its round has summed out.
    void bind(int variable, QM31 r);

    /// The 2^variables values of every factor, in the order of the program; all other variables are bound.
    QM31[][] values(int variables);

    @Override
    void close();
}
