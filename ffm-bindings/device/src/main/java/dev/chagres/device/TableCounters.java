package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.lookup.Table;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.stage.TensorData;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.IdentityHashMap;
import java.util.Map;

/// A counter on a device for each slot of some tables, until this is closed. Whoever counts has waited for that before
/// anybody else uses them. Used by one thread at a time.
final class TableCounters implements AutoCloseable {
    private final Device device;
    private final Map<Table, DeviceBuffer> counters = new IdentityHashMap<>();

    TableCounters(DeviceSite site) {
        this.device = site.device();
    }

    /// Bytes of a table's counters.
    static long bytes(Table table) {
        return Device.regionBytes((long) Integer.BYTES * table.starts().length << table.tileBits());
    }

    /// The counters of a table; zeros at first.
    ///
    /// @param work whose stream counts
    DeviceBuffer of(Table table, DeviceWork work) {
        DeviceBuffer known = counters.get(table);
        if (known != null) {
            return known;
        }
        // They outlive calls, so they lie where copies do.
        DeviceBuffer made = work.allocate((long) Integer.BYTES * table.starts().length << table.tileBits(),
                DeviceTensors.Region.COPY);
        counters.put(table, made);
        work.stream().fill(made, 0);
        return made;
    }

    /// Copies the counts and adds them.
    void addTo(TableCounts result, DeviceWork work) {
        counters.forEach((table, buffer) -> {
            int[] counts = result.of(table);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment seen = arena.allocate(ValueLayout.JAVA_INT, counts.length);
                work.stream().out(seen, buffer);
                for (int slot = 0; slot < counts.length; slot++) {
                    counts[slot] += seen.getAtIndex(ValueLayout.JAVA_INT, slot);
                }
            }
        });
    }

    /// Leaves the counters to others as the multiplicities of their tables.
    ///
    /// @param data has the multiplicities, which stay as they are from now on
    void handOver(TensorData data, DeviceWork work) {
        var all = counters.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Table, DeviceBuffer> one = all.next();
            HostTensor multiplicity = HostTensor.of(data.of(one.getKey().multiplicity()));
            if (work.tensors().adopt(multiplicity, one.getValue(), true)) {
                all.remove();
            } else {
                work.stream().out(multiplicity.room(), one.getValue());
            }
        }
    }

    @Override
    public void close() {
        counters.values().forEach(device::release);
        counters.clear();
    }
}
