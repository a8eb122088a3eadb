package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceCountKernels;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.prove.stage.KeyColumns;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.tensor.IntTensor;
import java.util.ArrayList;
import java.util.List;

/// A table on a device while lookups of it are counted: where it has entries, and its columns.
///
/// Indices and digits are computed from the number of an entry; a column of the key is held; all other columns are
/// listed by slot and uploaded.
final class CountedTable {
    private final DeviceBuffer counters;
    private final DeviceCountKernels.Table place;
    private final List<DeviceCountKernels.Column> columns = new ArrayList<>();

    /// @param counters a counter for each slot
    /// @throws IllegalArgumentException if a column of the key does not fit
    CountedTable(Table table, TensorData data, DeviceBuffer counters, DeviceRegions memory) {
        long[] starts = table.starts();
        boolean dense = dense(table);
        this.counters = counters;
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
                default -> listed(table, column, starts, memory);
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

    /// Most bytes of a table, its counters not included.
    ///
    /// @param held receives its columns that are with the key
    static long bytes(Table table, TensorData data, HeldBytes held) {
        long slots = Device.regionBytes((long) Integer.BYTES * table.starts().length << table.tileBits());
        long bytes = dense(table) ? 0 : Device.regionBytes((long) Long.BYTES * table.starts().length);
        for (TablePolynomial column : table.columns()) {
            switch (column) {
                case TablePolynomial.Index _, TablePolynomial.Digit _ -> { }
                case TablePolynomial.Stored key -> held.add(KeyColumns.data(table, key, data::of));
                default -> bytes += slots;
            }
        }
        return bytes;
    }

    private static DeviceCountKernels.Column listed(Table table, TablePolynomial column, long[] starts,
            DeviceRegions memory) {
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
}
