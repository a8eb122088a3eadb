package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Arrays for kernel tests: padding is filled with garbage that is not canonical, and a guard block after each
/// array must survive every kernel call.
final class KernelBuffers implements AutoCloseable {
    private static final int[] SPECIAL = {0, 1, 2, M31.P - 1, M31.P / 2, 1 << 30};
    private static final int GARBAGE = 0xdeadbeef;
    private static final int GUARD_INTS = 64;

    private final Arena arena = Arena.ofConfined();
    private final List<Long> guards = new ArrayList<>();
    private final SplittableRandom random;

    KernelBuffers(long seed) {
        random = new SplittableRandom(seed);
    }

    /// Room for `ints` 32-bit words, all garbage, then a guard.
    private long room(long ints) {
        long address = Memory.allocate(arena, 4 * (ints + GUARD_INTS));
        for (long i = 0; i < ints + GUARD_INTS; i++) {
            Memory.setInt(address, i, GARBAGE);
        }
        guards.add(address + 4 * ints);
        return address;
    }

    void assertGuardsIntact() {
        for (long guard : guards) {
            for (int i = 0; i < GUARD_INTS; i++) {
                assertThat(Memory.getInt(guard, i)).as("word %d after an array", i).isEqualTo(GARBAGE);
            }
        }
    }

    long emptyBase(int n) {
        return room(Memory.padded(n));
    }

    long emptyExt(int n) {
        return room(4 * Memory.padded(n));
    }

    long base(int... values) {
        long address = emptyBase(values.length);
        for (int i = 0; i < values.length; i++) {
            Memory.setInt(address, i, values[i]);
        }
        return address;
    }

    long shorts(int... values) {
        long address = emptyBase(values.length);
        for (int i = 0; i < values.length; i++) {
            Memory.ALL.set(java.lang.foreign.ValueLayout.JAVA_SHORT, address + 2L * i, (short) values[i]);
        }
        return address;
    }

    /// Signed integers of 8, 16 or 32 bits.
    long ints(int bits, int... values) {
        return switch (bits) {
            case 8 -> {
                long address = emptyBase(values.length);
                for (int i = 0; i < values.length; i++) {
                    Memory.ALL.set(java.lang.foreign.ValueLayout.JAVA_BYTE, address + i, (byte) values[i]);
                }
                yield address;
            }
            case 16 -> shorts(values);
            default -> base(values);
        };
    }

    /// Values for [#ints(int, int...)]: the ends of the range, which for 32 bits is -p < v < p, come often.
    int[] signed(int bits, int n) {
        int top = bits == 32 ? M31.P - 1 : (1 << (bits - 1)) - 1;
        int bottom = bits == 32 ? -top : -top - 1;
        int[] special = {bottom, top, 0, -1, 1, bottom + 1};
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextBoolean() ? special[random.nextInt(special.length)] : random.nextInt(bottom, top);
        }
        return values;
    }

    long ext(QM31... values) {
        long address = emptyExt(values.length);
        for (int i = 0; i < values.length; i++) {
            Memory.setExt(address, i, values[i]);
        }
        return address;
    }

    static int[] readBase(long address, int n) {
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = Memory.getInt(address, i);
        }
        return values;
    }

    static QM31[] readExt(long address, int n) {
        QM31[] values = new QM31[n];
        for (int i = 0; i < n; i++) {
            values[i] = Memory.getExt(address, i);
        }
        return values;
    }

    /// A canonical element, one of the special values in half of the cases.
    int element() {
        return random.nextBoolean() ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextInt(M31.P);
    }

    int[] elements(int n) {
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = element();
        }
        return values;
    }

    QM31 extElement() {
        return new QM31(element(), element(), element(), element());
    }

    QM31[] extElements(int n) {
        QM31[] values = new QM31[n];
        for (int i = 0; i < n; i++) {
            values[i] = extElement();
        }
        return values;
    }

    /// Integers in [from, to).
    int[] integers(int n, int from, int to) {
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextInt(from, to);
        }
        return values;
    }

    @Override
    public void close() {
        arena.close();
    }
}
