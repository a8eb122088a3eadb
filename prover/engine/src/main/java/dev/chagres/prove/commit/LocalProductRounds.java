package dev.chagres.prove.commit;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.ProductRounds;
import java.util.Arrays;

/// [ProductRounds] with the kernels of a host. The arrays are folded in place; their length need not be a power of two,
/// only each bound variable must halve it.
final class LocalProductRounds implements ProductRounds {
    private final FieldKernels field;
    private final Host host;
    private final Runnable release;
    private final long a;
    private final long b;
    private long n;

    /// @param release frees the arrays
    /// @param a ext array of n elements, folded in place
    /// @param b ext array of n elements, folded in place
    LocalProductRounds(Host host, Runnable release, long a, long b, long n) {
        this.field = host.field();
        this.host = host;
        this.release = release;
        this.a = a;
        this.b = b;
        this.n = n;
    }

    /// Elements that are left of each array.
    long size() {
        return n;
    }

    @Override
    public QM31 sum() {
        return field.dotExt(a, b, n);
    }

    @Override
    public QM31[] round(boolean one) {
        long half = n / 2;
        return half % Memory.BLOCK == 0 ? kernelRound(half, one) : scalarRound(half);
    }

    private QM31[] kernelRound(long half, boolean one) {
        int parts = host.parts(half);
        QM31[][] sums = new QM31[parts][];
        long aHi = a + half * Memory.EXT_BYTES;
        long bHi = b + half * Memory.EXT_BYTES;
        host.ranges(half, (part, from, to) -> {
            long at = from * Memory.EXT_BYTES;
            QM31[] s = field.roundProduct(a + at, aHi + at, b + at, bHi + at, to - from);
            QM31 atOne = one ? field.dotExt(aHi + at, bHi + at, to - from) : QM31.ZERO;
            sums[part] = new QM31[] {s[0], s[1], atOne};
        });
        QM31[] total = sums[0];
        for (int i = 1; i < parts; i++) {
            for (int j = 0; j < total.length; j++) {
                total[j] = total[j].add(sums[i][j]);
            }
        }
        return total;
    }

    private QM31[] scalarRound(long half) {
        QM31 at0 = QM31.ZERO;
        QM31 square = QM31.ZERO;
        QM31 at1 = QM31.ZERO;
        for (long i = 0; i < half; i++) {
            QM31 aLo = Memory.getExt(a, i);
            QM31 aHi = Memory.getExt(a, half + i);
            QM31 bLo = Memory.getExt(b, i);
            QM31 bHi = Memory.getExt(b, half + i);
            at0 = at0.add(aLo.mul(bLo));
            square = square.add(aHi.sub(aLo).mul(bHi.sub(bLo)));
            at1 = at1.add(aHi.mul(bHi));
        }
        return new QM31[] {at0, square, at1};
    }

    @Override
    public void bind(QM31 r) {
        fold(n / 2, r);
        n /= 2;
    }

    private void fold(long half, QM31 r) {
        if (half % Memory.BLOCK != 0) {
            for (long i = 0; i < half; i++) {
                for (long t : new long[] {a, b}) {
                    QM31 lo = Memory.getExt(t, i);
                    Memory.setExt(t, i, lo.add(r.mul(Memory.getExt(t, half + i).sub(lo))));
                }
            }
            return;
        }
        long shift = half * Memory.EXT_BYTES;
        host.ranges(half, (part, from, to) -> {
            long at = from * Memory.EXT_BYTES;
            field.foldExt(a + at, a + at, a + shift + at, r, to - from);
            field.foldExt(b + at, b + at, b + shift + at, r, to - from);
        });
    }

    @Override
    public QM31[][] values() {
        QM31[][] values = new QM31[2][Math.toIntExact(n)];
        Arrays.setAll(values[0], i -> Memory.getExt(a, i));
        Arrays.setAll(values[1], i -> Memory.getExt(b, i));
        return values;
    }

    @Override
    public void close() {
        release.run();
    }
}
