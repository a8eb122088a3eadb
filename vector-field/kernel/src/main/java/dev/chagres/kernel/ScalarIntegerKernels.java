package dev.chagres.kernel;

import static dev.chagres.kernel.Memory.getInt;
import static dev.chagres.kernel.Memory.setInt;

import java.lang.foreign.ValueLayout;

/// The reference form of [IntegerKernels]: one element at a time.
public final class ScalarIntegerKernels implements IntegerKernels {
    private static int weight(long w, long index) {
        return Memory.ALL.get(ValueLayout.JAVA_SHORT, w + 2 * index);
    }

    @Override
    public void matmul(long acc, long accStride, long w, long wStride, long x, long xStride,
            int rows, int depth, int width) {
        for (long j = 0; j < rows; j++) {
            for (long k = 0; k < depth; k++) {
                int weight = weight(w, j * wStride + k);
                for (long t = 0; t < width; t++) {
                    long at = j * accStride + t;
                    setInt(acc, at, getInt(acc, at) + weight * getInt(x, k * xStride + t));
                }
            }
        }
    }

    @Override
    public void matvec(long acc, long w, long wStride, long x, int rows, int depth) {
        for (long j = 0; j < rows; j++) {
            int sum = getInt(acc, j);
            for (long k = 0; k < depth; k++) {
                sum += weight(w, j * wStride + k) * getInt(x, k);
            }
            setInt(acc, j, sum);
        }
    }

    @Override
    public void shiftRound(long dst, long rem, long x, int s, long n) {
        long half = s == 0 ? 0 : 1L << (s - 1);
        for (long i = 0; i < n; i++) {
            long rounded = getInt(x, i) + half;
            long quotient = rounded >> s;
            setInt(dst, i, (int) quotient);
            if (rem != 0) {
                setInt(rem, i, (int) (rounded - (quotient << s)));
            }
        }
    }

    @Override
    public void lookup(long dst, long table, int base, long x, long n) {
        for (long i = 0; i < n; i++) {
            setInt(dst, i, getInt(table, (long) getInt(x, i) - base));
        }
    }

    @Override
    public void histogram(long count, int base, long x, long n) {
        for (long i = 0; i < n; i++) {
            long at = (long) getInt(x, i) - base;
            setInt(count, at, getInt(count, at) + 1);
        }
    }

    @Override
    public int max(long x, long n) {
        int max = getInt(x, 0);
        for (long i = 1; i < n; i++) {
            max = Math.max(max, getInt(x, i));
        }
        return max;
    }
}
