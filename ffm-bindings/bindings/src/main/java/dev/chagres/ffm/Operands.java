package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.chg_blake3_mode;
import dev.chagres.ffm.generated.cuda.chg_qm31;
import dev.chagres.field.QM31;
import dev.chagres.hash.Blake3Mode;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Arguments of the kernels of one stream: buffers whose size has been checked, and a little memory for what the host
/// gives and gets.
final class Operands {
    private static final int SLOTS = 40;

    private final Stream stream;
    private final MemorySegment elements = Arena.ofAuto().allocate(chg_qm31.layout(), SLOTS);
    private final MemorySegment mode = chg_blake3_mode.allocate(Arena.ofAuto());
    private final MemorySegment result = Arena.ofAuto().allocate(chg_qm31.layout(), 4);
    /// When the call under way that waits began.
    private long waitStart;

    Operands(Stream stream) {
        this.stream = stream;
    }

    MemorySegment stream() {
        return stream.handle();
    }

    /// The stream for a call that waits for it; the time until [#waited] is time in waits.
    MemorySegment waiting() {
        MemorySegment handle = stream.handle();
        waitStart = System.nanoTime();
        return handle;
    }

    /// Checks and counts a call that returns at once.
    void launched(int status) {
        Status.check(status);
        stream.device().counters().launched();
    }

    /// Checks and counts a call that brought a value to the host.
    void waited(int status) {
        DeviceCounters counters = stream.device().counters();
        counters.waited(System.nanoTime() - waitStart);
        Status.check(status);
        counters.launched();
    }

    /// Where the host's part of a result goes.
    MemorySegment result() {
        return result;
    }

    QM31[] resultElements(int count) {
        QM31[] values = new QM31[count];
        for (int k = 0; k < count; k++) {
            MemorySegment c = chg_qm31.asSlice(result, k);
            values[k] = new QM31(c.getAtIndex(ValueLayout.JAVA_INT, 0), c.getAtIndex(ValueLayout.JAVA_INT, 1),
                    c.getAtIndex(ValueLayout.JAVA_INT, 2), c.getAtIndex(ValueLayout.JAVA_INT, 3));
        }
        return values;
    }

    int resultInt() {
        return result.get(ValueLayout.JAVA_INT, 0);
    }

    long resultLong() {
        return result.get(ValueLayout.JAVA_LONG, 0);
    }

    MemorySegment element(QM31 value) {
        return elements(0, value);
    }

    /// Elements one after another, the first in a slot.
    MemorySegment elements(int slot, QM31... values) {
        for (int k = 0; k < values.length; k++) {
            MemorySegment c = chg_qm31.asSlice(elements, slot + k);
            for (int w = 0; w < 4; w++) {
                c.setAtIndex(ValueLayout.JAVA_INT, w, values[k].coordinate(w));
            }
        }
        return chg_qm31.asSlice(elements, slot);
    }

    MemorySegment mode(Blake3Mode value) {
        for (int w = 0; w < 8; w++) {
            chg_blake3_mode.word(mode, w, value.word(w));
        }
        chg_blake3_mode.flag(mode, value.flag());
        return mode;
    }

    /// The address of an array of n elements of 4 bytes, whole blocks.
    long base(DeviceBuffer buffer, long n) {
        return elements(buffer, n, Integer.BYTES);
    }

    /// The address of an ext array of n elements.
    long ext(DeviceBuffer buffer, long n) {
        return elements(buffer, n, Memory.EXT_BYTES);
    }

    /// The address of the 64-bit cells of n elements of an ext array.
    long cells(DeviceBuffer buffer, long n) {
        return elements(buffer, n, 2 * Memory.EXT_BYTES);
    }

    private long elements(DeviceBuffer buffer, long n, int size) {
        stream.check(buffer);
        if (n < 0 || n > buffer.bytes() || Memory.padded(n) * size > buffer.bytes()) {
            throw refusal(n + " elements of " + size + " bytes, whole blocks of " + Memory.BLOCK, buffer);
        }
        return buffer.address();
    }

    /// The address of a region of bytes.
    long bytes(DeviceBuffer buffer, long n) {
        stream.check(buffer);
        if (n < 0 || n > buffer.bytes()) {
            throw refusal(n + " bytes", buffer);
        }
        return buffer.address();
    }

    long ints(DeviceInts ints, long n) {
        stream.check(ints.buffer());
        if (n < 0 || n > ints.available()) {
            throw refusal(n + " integers of " + ints.bits() + " bits from number " + ints.first() + " on",
                    ints.buffer());
        }
        return ints.address();
    }

    /// Rows of ints, of which the last one ends with its last element.
    long intRows(DeviceInts ints, long rows, long stride, long width) {
        return ints(ints, rowsEnd(rows, stride, width));
    }

    /// Ints of one width.
    long intRows(DeviceInts ints, int bits, long rows, long stride, long width) {
        if (ints.bits() != bits) {
            throw new IllegalArgumentException("integers of " + bits + " bits are asked for, not of " + ints.bits());
        }
        return intRows(ints, rows, stride, width);
    }

    /// Rows of integers of 32 bits.
    long panel(DeviceBuffer buffer, long rows, long stride, long width) {
        return intRows(new DeviceInts(buffer, Integer.SIZE), rows, stride, width);
    }

    /// Rows of 2^log elements of 4 bytes, one after another.
    long rowsOf(DeviceBuffer buffer, long rows, int log) {
        return base(buffer, Math.multiplyExact(rows, 1L << log));
    }

    /// Four quarters of an ext array, `stride` elements apart, of which n each take part.
    long quarters(DeviceBuffer buffer, long stride, long n) {
        if (n < 0 || n > stride || stride % Memory.BLOCK != 0) {
            throw new IllegalArgumentException("quarters of " + n + " elements, " + stride + " apart");
        }
        return ext(buffer, n == 0 ? 0 : Math.addExact(Math.multiplyExact(3, stride), n));
    }

    /// @throws IllegalArgumentException if ints differ in width
    void sameWidth(DeviceInts... all) {
        for (DeviceInts ints : all) {
            if (ints.bits() != all[0].bits()) {
                throw new IllegalArgumentException("ints of " + all[0].bits() + " and of " + ints.bits() + " bits");
            }
        }
    }

    private static long rowsEnd(long rows, long stride, long width) {
        if (rows < 0 || stride < 0 || width < 0) {
            throw new IllegalArgumentException(rows + " rows of " + width + " elements, " + stride + " apart");
        }
        return rows == 0 || width == 0 ? 0 : Math.addExact(Math.multiplyExact(rows - 1, stride), width);
    }

    private static IllegalArgumentException refusal(String wanted, DeviceBuffer buffer) {
        return new IllegalArgumentException(wanted + ", do not fit a buffer of " + buffer.bytes() + " bytes");
    }
}
