package dev.chagres.gpt2.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Every intermediate tensor of a run of [ReferenceInference], by name, in the order of computation.
///
/// With T positions, width d, attention width A = heads * headWidth (that of the key and value heads for k and v), H
/// heads, MLP width F, for layer l:
///
/// | name | shape | value |
/// | --- | --- | --- |
/// | `l.x` | T, d | residual stream entering the block |
/// | `l.norm1.e`, `.squares`, `.mant`, `.k`, `.rho` | T | row values of the norm; `squares` is S |
/// | `l.norm1.m`, `.n` | T, d | mantissas, normalised row |
/// | `l.norm1.G` | T, groups | group sums |
/// | `l.q.u`, `l.q`, and so for k and v | T, A | before and after the clamp |
/// | `l.q.y`, `l.k.y` | T, A | before the rotation, if there is one |
/// | `l.scores`, `l.exp` | T, H, T | S and e; 0 for j > i |
/// | `l.L`, `l.R` | T, H | softmax offset and row sum |
/// | `l.y`, `l.o` | T, A | weighted sums and attention output |
/// | `l.output` | T, d | what attention adds to the stream |
/// | `l.x_mid` | T, d | the stream between attention and MLP |
/// | `l.norm2.*` | | as norm1 |
/// | `l.u`, `l.g` | T, F | index into the activation table, hidden row |
/// | `l.a`, `l.ub`, `l.uh` | T, F | of a gated MLP: activation, factor, shifted product before the clamp |
/// | `l.down` | T, d | what the MLP adds to the stream |
/// | `x` | T, d | the stream after the last block |
/// | `norm.*` | | as norm1, the final norm |
public final class Trace {
    private final int length;
    private final Map<String, long[]> tensors = new LinkedHashMap<>();

    Trace(int length) {
        this.length = length;
    }

    /// Number of positions T.
    public int length() {
        return length;
    }

    public Set<String> names() {
        return tensors.keySet();
    }

    /// The tensor, row-major, first axis the position.
    ///
    /// @throws IllegalArgumentException if there is none of that name
    public long[] tensor(String name) {
        long[] tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return tensor;
    }

    /// Row `position` of the tensor.
    public long[] row(String name, int position) {
        long[] tensor = tensor(name);
        int columns = tensor.length / length;
        return Arrays.copyOfRange(tensor, position * columns, (position + 1) * columns);
    }

    /// Sets the entries of row `position` from column `from` on; the tensor has `columns` columns.
    void put(String name, int position, int columns, int from, long... values) {
        long[] tensor = tensors.computeIfAbsent(name, _ -> new long[Math.multiplyExact(length, columns)]);
        System.arraycopy(values, 0, tensor, position * columns + from, values.length);
    }
}
