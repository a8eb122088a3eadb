package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.stage.TensorView;
import dev.chagres.tensor.IntTensor;

/// Reads a [TensorView] in memory of the host, stored or derived.
final class ElementSource {
    private final IntTensor data;
    /// First element of the tensor's tile for every tile of the segment.
    private final long[] start;
    /// Element inside the tensor's tile for every position inside a segment tile; null when they are the same.
    private final int[] inside;

    /// @throws IllegalArgumentException if the tensor is not in memory of the host
    ElementSource(TensorView view) {
        this.data = view.data() instanceof DerivedTensor derived ? derived : HostTensor.of(view.data());
        this.start = view.starts();
        this.inside = view.inside();
    }

    /// Whether positions inside a segment tile are those inside the tensor's tile.
    boolean direct() {
        return inside == null;
    }

    /// Whether the values lie in memory in the order of the positions inside a segment tile.
    boolean inLine() {
        return inside == null && data instanceof HostTensor;
    }

    /// Whether every value is that of a table at the value of another source.
    boolean derivedFrom(ElementSource index, HostTensor table, long base) {
        return data instanceof DerivedTensor d && index.data instanceof HostTensor t
                && d.index().address() == t.address() && d.index().width() == t.width()
                && d.table().address() == table.address() && d.table().size() == table.size() && d.base() == base;
    }

    /// `dst[i]` = value at position `from + i` of tile `tile`, for i < count; for a [#direct()] source.
    void read(int[] dst, int tile, int from, int count) {
        long first = start[tile] + from;
        switch (data.width()) {
            case 32 -> {
                for (int i = 0; i < count; i++) {
                    dst[i] = data.get32(first + i);
                }
            }
            case 16 -> {
                for (int i = 0; i < count; i++) {
                    dst[i] = data.get16(first + i);
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    dst[i] = data.get(first + i);
                }
            }
        }
    }

    /// `sums[i] += scale * value` at positions `from + i` of tile `tile`, for i < count.
    void add(long[] sums, int tile, int from, int count, long scale) {
        long first = start[tile];
        if (inside == null) {
            first += from;
            for (int i = 0; i < count; i++) {
                sums[i] += scale * data.get(first + i);
            }
        } else {
            for (int i = 0; i < count; i++) {
                sums[i] += scale * data.get(first + inside[from + i]);
            }
        }
    }

    /// `dst[i]` = residue of the value at position `from + i` of tile `tile`, for i < count; `dst` is a base array.
    void embed(long dst, int tile, int from, int count, FieldKernels kernels) {
        long first = start[tile];
        if (inside == null) {
            first += from;
            if (data instanceof DerivedTensor derived) {
                derived.read(dst, first, count, kernels);
                kernels.embedInt32(dst, dst, count);
            } else {
                HostTensor stored = HostTensor.of(data);
                kernels.embedInts(dst, stored.address() + first * (stored.width() / 8), stored.width(), count);
            }
        } else {
            for (int i = 0; i < count; i++) {
                Memory.setInt(dst, i, data.get(first + inside[from + i]));
            }
            kernels.embedInt32(dst, dst, count);
        }
    }

    /// `dst[y] += sum_r w[r] value(from + r stride + y)` in tile `tile`, for y < width, a multiple of 16, and r < rows.
    ///
    /// @param scratch base array of `rows` times `width` elements
    void combine(long dst, int tile, int from, int width, int stride, long w, int rows, long scratch,
            FieldKernels kernels) {
        if (inLine()) {
            HostTensor stored = HostTensor.of(data);
            long first = stored.address() + (start[tile] + from) * (stored.width() / 8);
            kernels.combineRowsInts(dst, first, stored.width(), width, stride, w, rows);
            return;
        }
        for (int r = 0; r < rows; r++) {
            embed(scratch + 4L * r * width, tile, from + r * stride, width, kernels);
        }
        kernels.combineRows(dst, scratch, width, width, w, rows);
    }

    /// Sums of the four fractions 1 / (c - value) at positions `from + i`, `from + stride + i`, .. of tile `tile`, for
    /// i < count; for an [#inLine()] source.
    void quads(long p, long q, int tile, int from, int stride, QM31 c, int count, FieldKernels kernels) {
        HostTensor stored = HostTensor.of(data);
        long bytes = stored.width() / 8;
        long first = stored.address() + (start[tile] + from) * bytes;
        long step = stride * bytes;
        kernels.leafQuad(p, q, first, first + step, first + 2 * step, first + 3 * step, stored.width(), c, count);
    }
}
