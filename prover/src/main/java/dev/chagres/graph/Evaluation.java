package dev.chagres.graph;

import dev.chagres.lookup.Virtual;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;

/// The memory and the heavy arithmetic of one run of the integer program.
public interface Evaluation {
    /// Data of a witness or key column.
    IntTensor of(Column column);

    /// Data of a virtual tensor.
    IntTensor of(Virtual virtual);

    /// Token id of a row; 0 for padded rows.
    int token(int row);

    /// Accumulators of rows [from, to) of a matrix product, bias included: `acc[(row - from) + (to - from) * j]` for
    /// every padded output channel j in the order (low channel bits, high).
    int[] product(dev.chagres.graph.op.MatrixProduct product, int from, int to);
}
