package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceCountKernels;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.prove.stage.KeyColumns;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A table on a device while lookups of it are counted: where it has entries, its columns, and a counter for each slot.
///
/// Indices and digits are computed from the number of an entry; a column of the key is held; all other columns are
/// listed by slot and uploaded.
final class CountedTable {
    private final Table table;
    private final DeviceBuffer counters;
    private final DeviceCountKernels.Table place;
    private final List<DeviceCountKernels.Column> columns = new ArrayList<>();

    /// @throws IllegalArgumentException if a column of the key does not fit
    CountedTable(Table table, TensorData data, DeviceRegions memory) {
        this.table = table;
        long[] starts = table.starts();
        boolean dense = dense(table);
        this.counters = memory.bytes((long) Integer.BYTES * starts.length << table.tileBits());
        memory.work().stream().fill(counters, 0);
        // Two digits are the number of the entry themselves.
        this.place = new DeviceCountKernels.Table(dense ? null : memory.longs(starts), starts.length,
                table.tileBits(), table.digitBits() == 0 ? table.firstValue() : 0, table.digitBits());
        for (TablePolynomial column : table.columns()) {
            columns.add(switch (column) {
                case TablePolynomial.Index index -> new DeviceCountKernels.Bits(index.base(), 0, index.bits());
                case TablePolynomial.Digit digit -> new DeviceCountKernels.Bits(0, digit.from(), digit.bits());
                case TablePolynomial.Stored key -> {
                    IntTensor values = KeyColumns.data(table, key, data::of);
                    yield new DeviceCountKernels.Values(memory.hold(values), values.size());
                }
                default -> listed(column, starts, memory);
            });
        }
    }

    private static boolean dense(Table table) {
        boolean dense = true;
        for (int t = 0; t < table.starts().length; t++) {
            dense &= table.starts()[t] == (long) t << table.tileBits();
        }
        return dense;
    }

    /// Most bytes of a table.
    ///
    /// @param held receives its columns that are with the key
    static long bytes(Table table, TensorData data, HeldBytes held) {
        long slots = Device.regionBytes((long) Integer.BYTES * table.starts().length << table.tileBits());
        long bytes = slots + (dense(table) ? 0 : Device.regionBytes((long) Long.BYTES * table.starts().length));
        for (TablePolynomial column : table.columns()) {
            switch (column) {
                case TablePolynomial.Index _, TablePolynomial.Digit _ -> { }
                case TablePolynomial.Stored key -> held.add(KeyColumns.data(table, key, data::of));
                default -> bytes += slots;
            }
        }
        return bytes;
    }

    private DeviceCountKernels.Column listed(TablePolynomial column, long[] starts, DeviceRegions memory) {
        int size = 1 << table.tileBits();
        int[] values = new int[starts.length * size];
        for (int slot = 0; slot < values.length; slot++) {
            values[slot] = Math.toIntExact(column.at(starts[slot / size] + slot % size));
        }
        return new DeviceCountKernels.Values(new DeviceInts(memory.ints(values), Integer.SIZE), values.length);
    }

    DeviceBuffer counters() {
        return counters;
    }

    DeviceCountKernels.Table place() {
        return place;
    }

    /// What component `k` of a lookup has to equal.
    DeviceCountKernels.Column column(int k) {
        return columns.get(k);
    }

    /// Waits for the counts and adds them.
    void addTo(TableCounts result, DeviceRegions memory) {
        int[] counts = result.of(table);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment seen = arena.allocate(ValueLayout.JAVA_INT, counts.length);
            memory.work().stream().out(seen, counters);
            for (int slot = 0; slot < counts.length; slot++) {
                counts[slot] += seen.getAtIndex(ValueLayout.JAVA_INT, slot);
            }
        }
    }
}
