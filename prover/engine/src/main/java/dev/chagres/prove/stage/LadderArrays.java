package dev.chagres.prove.stage;

import dev.chagres.field.QM31;

/// The arrays of a ladder (docs/protocol-opening.md): a is u, the combination of the committed rows, b what its
/// constraints have become. Both have 2^m elements, m at least 4, also after the last round.
public interface LadderArrays extends ProductRounds {
    /// The sumcheck of both arrays, which this is and owns.
    ProductRounds rounds();

    @Override
    default QM31 sum() {
        return rounds().sum();
    }

    @Override
    default QM31[] round(boolean one) {
        return rounds().round(one);
    }

    @Override
    default void bind(QM31 r) {
        rounds().bind(r);
    }

    @Override
    default QM31[][] values() {
        return rounds().values();
    }

    @Override
    default void close() {
        rounds().close();
    }

    /// Commits u as it is: 2^laneBits lanes, the top variables, of four coordinates each are the rows. What it returns
    /// is usable until this is closed.
    ///
    /// @param logN log2 of the code length
    CommittedRows commit(int laneBits, int logN);

    /// Adds constraints to b: `sum_i weights[i] <u, b_i>`, where `<u, b_i>` is the value of the encoding of u at
    /// position i.
    ///
    /// @param logN log2 of the code length
    /// @param positions ascending and distinct
    void constrain(int logN, int[] positions, QM31[] weights);
}
