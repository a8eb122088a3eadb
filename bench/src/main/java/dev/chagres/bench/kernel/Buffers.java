package dev.chagres.bench.kernel;

import dev.chagres.field.M31;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Off-heap arrays in the layouts of [dev.chagres.kernel], aligned, padded to whole blocks and filled from a fixed
/// seed, padding included: equal calls in equal order give equal contents.
public final class Buffers implements AutoCloseable {
    private static final long SEED = 0x5eed;

    /// Words after which the contents of field arrays repeat: random numbers cost more than most kernels.
    private static final long PERIOD = 1 << 20;

    private record Words(long address, long count) {}

    private final Arena arena = Arena.ofShared();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<Words> arrays = new ArrayList<>();

    /// A zeroed array of 32-bit words.
    public long empty(long words) {
        long count = Memory.padded(words);
        long address = Memory.allocateBase(arena, count);
        arrays.add(new Words(address, count));
        return address;
    }

    /// A zeroed array of 32-bit words whose contents backends may leave in different states: not part of [#checksum()].
    public long unwatched(long words) {
        return Memory.allocateBase(arena, words);
    }

    /// A zeroed ext array of `n` elements.
    public long emptyExt(long n) {
        return empty(4 * Memory.padded(n));
    }

    /// A base array of `n` canonical elements.
    public long base(long n) {
        long words = Memory.padded(n);
        long address = empty(words);
        fill(address, Math.min(words, PERIOD), 0, M31.P);
        for (long done = PERIOD; done < words; done += PERIOD) {
            Memory.copy(address, address + 4 * done, 4 * Math.min(PERIOD, words - done));
        }
        return address;
    }

    /// An ext array of `n` canonical elements.
    public long ext(long n) {
        return base(4 * Memory.padded(n));
    }

    /// `n` 32-bit integers in [from, to).
    public long integers(long n, int from, int to) {
        long address = empty(n);
        fill(address, Memory.padded(n), from, to);
        return address;
    }

    private void fill(long address, long words, int from, int to) {
        for (long i = 0; i < words; i++) {
            Memory.setInt(address, i, random.nextInt(from, to));
        }
    }

    /// `n` 16-bit integers in [from, to).
    public long shorts(long n, int from, int to) {
        long address = empty(Memory.padded(n) / 2);
        for (long i = 0; i < Memory.padded(n); i++) {
            Memory.ALL.set(ValueLayout.JAVA_SHORT, address + 2 * i, (short) random.nextInt(from, to));
        }
        return address;
    }

    /// A number that depends on every word of every array.
    public long checksum() {
        long sum = 0;
        for (Words array : arrays) {
            for (long i = 0; i < array.count(); i++) {
                sum = 31 * sum + Memory.getInt(array.address(), i);
            }
        }
        return sum;
    }

    @Override
    public void close() {
        arena.close();
    }
}
