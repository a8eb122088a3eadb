package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;

/// Rounds that end in [MergedChildren]: whatever the first rounds do, what is left is stored and bound alike.
interface MergedRounds extends ChunkedRounds {
    /// The children, once they are stored.
    MergedChildren children();

    /// The challenge that merges the numerators.
    QM31 lambda();

    @Override
    default void whole(QM31 r, long width, long size) {
        children().whole(r, width, size, lambda());
    }

    @Override
    default QM31[] again(SplitEq eq) {
        return children().round(eq);
    }

    @Override
    default void last(QM31 r, long half) {
        children().last(r, half);
    }

    @Override
    default QM31[][] values(int variables) {
        return children().values(variables, lambda());
    }
}
