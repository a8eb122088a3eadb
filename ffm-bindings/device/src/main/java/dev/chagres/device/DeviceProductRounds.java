package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceFieldKernels;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.stage.ProductRounds;
import java.lang.foreign.Arena;

/// [ProductRounds] on a device: a binding and the round after it are one launch. The last few elements are bound by the
/// processor.
final class DeviceProductRounds implements ProductRounds {
    private final Workspace space;
    private final DeviceFieldKernels field;
    private final DeviceBuffer a;
    private final DeviceBuffer b;
    /// Elements that are left, once `pending` is bound.
    private long n;
    /// Where the variable of the last round is to be bound; null if that is done.
    private QM31 pending;
    /// Both arrays in memory of the host, when they are as short as that.
    private QM31[][] few;

    /// @param space whose regions are the arrays, closed with this
    /// @param a ext array of n elements, overwritten
    /// @param b ext array of n elements, overwritten
    DeviceProductRounds(Workspace space, DeviceBuffer a, DeviceBuffer b, long n) {
        this.space = space;
        this.field = space.work().kernels().field();
        this.a = a;
        this.b = b;
        this.n = n;
    }

    /// Elements that are left of each array.
    long size() {
        return n;
    }

    private static boolean splits(long n) {
        return n / 2 % Memory.BLOCK == 0;
    }

    /// Elements of an array, from a multiple of 16 on.
    private static DeviceBuffer part(DeviceBuffer array, long first, long count) {
        return array.slice(first * Memory.EXT_BYTES, Memory.extBytes(count));
    }

    /// Binds what is to be bound.
    void settle() {
        if (pending != null) {
            for (DeviceBuffer array : new DeviceBuffer[] {a, b}) {
                field.foldExt(array, part(array, 0, n), part(array, n, n), pending, n);
            }
            pending = null;
        }
    }

    /// Moves what is left to the host.
    private void fetch() {
        settle();
        few = new QM31[][] {read(a), read(b)};
    }

    private QM31[] read(DeviceBuffer array) {
        QM31[] values = new QM31[Math.toIntExact(n)];
        try (Arena arena = Arena.ofConfined()) {
            long seen = Memory.allocateExt(arena, n);
            space.work().stream().out(Memory.ALL.asSlice(seen, Memory.extBytes(n)), array);
            for (int i = 0; i < values.length; i++) {
                values[i] = Memory.getExt(seen, i);
            }
        }
        return values;
    }

    @Override
    public QM31 sum() {
        if (few != null) {
            return products(0, 0, Math.toIntExact(n));
        }
        settle();
        return field.dotExt(a, b, n);
    }

    /// sum_i a\[first + i\] b\[second + i\] of what is on the host
    private QM31 products(int first, int second, int count) {
        QM31 sum = QM31.ZERO;
        for (int i = 0; i < count; i++) {
            sum = sum.add(few[0][first + i].mul(few[1][second + i]));
        }
        return sum;
    }

    @Override
    public QM31[] round(boolean one) {
        long half = n / 2;
        if (few == null && !splits(n)) {
            fetch();
        }
        if (few != null) {
            int h = Math.toIntExact(half);
            QM31 zero = products(0, 0, h);
            QM31 atOne = products(h, h, h);
            QM31 square = zero.add(atOne).sub(products(0, h, h)).sub(products(h, 0, h));
            return new QM31[] {zero, square, atOne};
        }
        QM31[] s = pending != null ? field.foldRoundProduct(a, b, half, pending, half)
                : field.roundProduct(part(a, 0, half), part(a, half, half), part(b, 0, half), part(b, half, half),
                        half);
        pending = null;
        return one ? new QM31[] {s[0], s[1], field.dotExt(part(a, half, half), part(b, half, half), half)} : s;
    }

    @Override
    public void bind(QM31 r) {
        if (few == null && !splits(n)) {
            fetch();
        }
        n /= 2;
        if (few == null) {
            pending = r;
            return;
        }
        for (int t = 0; t < few.length; t++) {
            QM31[] left = new QM31[Math.toIntExact(n)];
            for (int i = 0; i < left.length; i++) {
                QM31 low = few[t][i];
                left[i] = low.add(r.mul(few[t][left.length + i].sub(low)));
            }
            few[t] = left;
        }
    }

    @Override
    public QM31[][] values() {
        if (few == null) {
            fetch();
        }
        return new QM31[][] {few[0].clone(), few[1].clone()};
    }

    @Override
    public void close() {
        space.close();
    }
}
