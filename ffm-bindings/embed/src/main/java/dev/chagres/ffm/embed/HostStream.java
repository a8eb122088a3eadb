package dev.chagres.ffm.embed;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// Bytes of the host, read once and in order: the host may change its memory meanwhile, and of bytes that are no proof
/// no more is copied than tells this.
final class HostStream extends InputStream {
    private static final int BYTE = 0xff;

    private final MemorySegment bytes;
    private final long n;
    private long at;

    /// @param from address of the bytes
    /// @param n    how many, unsigned
    HostStream(MemorySegment from, long n) {
        this.n = n < 0 ? Long.MAX_VALUE : n; // nobody has as many
        this.bytes = from.reinterpret(this.n);
    }

    @Override
    public int read() {
        return at == n ? -1 : bytes.get(ValueLayout.JAVA_BYTE, at++) & BYTE;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (at == n && length > 0) {
            return -1;
        }
        int count = (int) Math.min(length, n - at);
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, to, offset, count);
        at += count;
        return count;
    }
}
