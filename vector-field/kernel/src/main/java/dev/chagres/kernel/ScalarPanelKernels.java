package dev.chagres.kernel;

import static dev.chagres.kernel.Memory.getInt;
import static dev.chagres.kernel.Memory.setInt;

import java.lang.foreign.ValueLayout;

/// The reference form of [PanelKernels]: one element at a time.
public final class ScalarPanelKernels implements PanelKernels {
    private static final ValueLayout.OfLong PAIR =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    @Override
    public void copy(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        for (long r = 0; r < rows; r++) {
            for (int t = 0; t < width; t++) {
                setInt(dst, r * dstStride + t, getInt(src, r * srcStride + t));
            }
        }
    }

    @Override
    public void widen(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        for (long r = 0; r < rows; r++) {
            for (int t = 0; t < width; t++) {
                setInt(dst, r * dstStride + t, Memory.ALL.get(ValueLayout.JAVA_SHORT, src + 2 * (r * srcStride + t)));
            }
        }
    }

    @Override
    public boolean narrow(long dst, long dstStride, long src, long srcStride, int rows, int width) {
        int lost = 0;
        for (long r = 0; r < rows; r++) {
            for (int t = 0; t < width; t++) {
                int v = getInt(src, r * srcStride + t);
                lost |= v ^ (short) v;
                Memory.ALL.set(ValueLayout.JAVA_SHORT, dst + 2 * (r * dstStride + t), (short) v);
            }
        }
        return lost == 0;
    }

    @Override
    public void add(long dst, long x, long y, long n) {
        for (long i = 0; i < n; i++) {
            setInt(dst, i, getInt(x, i) + getInt(y, i));
        }
    }

    @Override
    public void multiply(long dst, long x, long y, long n) {
        for (long i = 0; i < n; i++) {
            setInt(dst, i, getInt(x, i) * getInt(y, i));
        }
    }

    @Override
    public void rotate(long x, long y, long cos, long sin, long n) {
        for (long i = 0; i < n; i++) {
            int a = getInt(x, i);
            int b = getInt(y, i);
            setInt(x, i, a * getInt(cos, i) - b * getInt(sin, i));
            setInt(y, i, b * getInt(cos, i) + a * getInt(sin, i));
        }
    }

    @Override
    public void subtractFrom(long x, long stride, long offset, int rows, int width) {
        for (long r = 0; r < rows; r++) {
            for (int t = 0; t < width; t++) {
                setInt(x, r * stride + t, getInt(offset, t) - getInt(x, r * stride + t));
            }
        }
    }

    @Override
    public void max(long dst, long x, long stride, int rows, int width) {
        for (int t = 0; t < width; t++) {
            int max = Integer.MIN_VALUE;
            for (long r = 0; r < rows; r++) {
                max = Math.max(max, getInt(x, r * stride + t));
            }
            setInt(dst, t, max);
        }
    }

    @Override
    public void sum(long dst, long x, long stride, int rows, int width) {
        for (int t = 0; t < width; t++) {
            int sum = 0;
            for (long r = 0; r < rows; r++) {
                sum += getInt(x, r * stride + t);
            }
            setInt(dst, t, sum);
        }
    }

    @Override
    public void magnitude(long dst, long x, long stride, int rows, int width) {
        for (int t = 0; t < width; t++) {
            int bits = 0;
            for (long r = 0; r < rows; r++) {
                int v = getInt(x, r * stride + t);
                bits |= v ^ (v >> 31);
            }
            setInt(dst, t, bits);
        }
    }

    @Override
    public void mantissas(long m, long pair, long x, long stride, long exponent, int rows, int width) {
        for (long r = 0; r < rows; r++) {
            for (int t = 0; t < width; t++) {
                int e = getInt(exponent, t);
                int v = getInt(x, r * stride + t);
                setInt(m, r * stride + t, v >> e);
                setInt(pair, r * stride + t, (1 << e) + v - (v >> e << e));
            }
        }
    }

    @Override
    public void neighbourProducts(long dst, long m, long stride, int rows, int width) {
        for (int t = 0; t < width; t++) {
            int sum = 0;
            for (long r = 0; r < rows; r++) {
                int v = getInt(m, r * stride + t);
                sum += v * (v + 1);
            }
            setInt(dst, t, sum);
        }
    }

    @Override
    public void firstOutside(long dst, long x, long stride, int low, int high, int rows, int width) {
        for (int t = 0; t < width; t++) {
            int r = 0;
            while (r < rows && getInt(x, r * stride + t) >= low && getInt(x, r * stride + t) < high) {
                r++;
            }
            setInt(dst, t, r);
        }
    }

    @Override
    public void scaleRound(long n, long rem, long m, long stride, long factor, int s, int rows, int width) {
        for (long r = 0; r < rows; r++) {
            for (int t = 0; t < width; t++) {
                int p = (2 * getInt(m, r * stride + t) + 1) * getInt(factor, t) + (1 << (s - 1));
                setInt(n, r * stride + t, p >> s);
                setInt(rem, r * stride + t, p - (p >> s << s));
            }
        }
    }

    @Override
    public boolean lookup(long dst, long table, long base, long size, long x, long n) {
        for (long i = 0; i < n; i++) {
            long at = getInt(x, i) - base;
            if (at < 0 || at >= size) {
                return false;
            }
            setInt(dst, i, getInt(table, at));
        }
        return true;
    }

    private static long pair(long table, int limit, int d) {
        return Memory.ALL.get(PAIR, table + 4 * Math.min(Integer.toUnsignedLong(d), limit));
    }

    @Override
    public void neighbours(long before, long at, long x, long stride, long offset, long table, int limit, int rows,
            int width) {
        for (long r = 0; r < rows; r++) {
            for (int t = 0; t < width; t++) {
                long i = r * stride + t;
                int d = getInt(offset, t) - getInt(x, i);
                long pair = pair(table, limit, d);
                setInt(x, i, d);
                setInt(before, i, (int) pair);
                setInt(at, i, (int) (pair >>> 32));
            }
        }
    }

    @Override
    public long neighbourSums(long x, long stride, int offset, long table, int limit, int rows) {
        long sums = 0;
        for (long r = 0; r < rows; r++) {
            sums += pair(table, limit, offset - getInt(x, r * stride));
        }
        return sums;
    }

    @Override
    public void exponentialSums(long dst, long x, long stride, long offset, float rate, float one, int rows,
            int width) {
        for (int t = 0; t < width; t++) {
            int sum = 0;
            for (long r = 0; r < rows; r++) {
                int d = getInt(offset, t) - getInt(x, r * stride + t);
                sum += (int) Math.rint(one * Math.exp(-rate * (double) d));
            }
            setInt(dst, t, sum);
        }
    }
}
