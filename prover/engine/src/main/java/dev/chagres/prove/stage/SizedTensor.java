package dev.chagres.prove.stage;

import dev.chagres.tensor.IntTensor;

/// A tensor of which only the size is known, for plans ([StageMemory]). Another object is another tensor.
public final class SizedTensor implements IntTensor {
    private final long size;
    private final int width;
    private final SizedTensor index;
    private final SizedTensor table;

    private SizedTensor(long size, int width, SizedTensor index, SizedTensor table) {
        this.size = size;
        this.width = width;
        this.index = index;
        this.table = table;
    }

    /// A tensor that is stored.
    ///
    /// @param width bits per value: 8, 16 or 32
    public static SizedTensor stored(long size, int width) {
        return new SizedTensor(size, width, null, null);
    }

    /// A tensor whose values are looked up, as those of [dev.chagres.prove.data.DerivedTensor].
    public static SizedTensor derived(SizedTensor index, SizedTensor table) {
        return new SizedTensor(index.size, Integer.SIZE, index, table);
    }

    /// What the values are looked up by; null when they are stored.
    public SizedTensor index() {
        return index;
    }

    /// Where the values are looked up; null when they are stored.
    public SizedTensor table() {
        return table;
    }

    /// Bytes of all values.
    public long bytes() {
        return size * (width / Byte.SIZE);
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public long size() {
        return size;
    }

    /// @return 0: no size depends on a value
    @Override
    public int get(long i) {
        return 0;
    }

    @Override
    public int get32(long i) {
        return 0;
    }

    @Override
    public int get16(long i) {
        return 0;
    }

    @Override
    public void set(long i, int v) {
        throw new UnsupportedOperationException("a tensor without values");
    }
}
