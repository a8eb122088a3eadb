package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceCountKernels;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.prove.stage.TensorView;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Counts lookups on a device: a kernel for each segment, and one wait for all of them.
///
/// The entry that a tuple can be follows from its first components, so nothing is searched for but the tile of a table
/// that has gaps. The processor counts what has more parts than the kernel takes, and finds the tuple to name where the
/// device has met one that is in no table.
final class DeviceCounts {
    private final DeviceSite site;
    private final Stages cpu;

    /// @param cpu counts what the device does not
    DeviceCounts(DeviceSite site, Stages cpu) {
        this.site = site;
        this.cpu = cpu;
    }

    /// @see Stages#counts
    TableCounts counts(List<Lookup> lookups, TensorData data) {
        try (TableCounters counters = new TableCounters(site)) {
            TableCounts result = count(lookups, data, counters).orElseGet(TableCounts::new);
            try (DeviceWork work = site.work()) {
                counters.addTo(result, work);
            }
            return result;
        }
    }

    /// Counts lookups.
    ///
    /// @param counters receives the counts
    /// @return those of lookups that the processor had to count
    Optional<TableCounts> count(List<Lookup> lookups, TensorData data, TableCounters counters) {
        List<Lookup> here = new ArrayList<>();
        List<Lookup> others = new ArrayList<>();
        for (Lookup lookup : lookups) {
            (parts(lookup) <= DeviceCountKernels.MAX_PARTS && fits(lookup.table(), data) ? here : others).add(lookup);
        }
        if (!here.isEmpty() && !site.tensors().withRoom(() -> countHere(here, data, counters))) {
            cpu.counts(lookups, data);
            throw new IllegalStateException("device " + site.name()
                    + " has met a tuple outside its table where the processor finds none");
        }
        return others.isEmpty() ? Optional.empty() : Optional.of(cpu.counts(others, data));
    }

    /// Most bytes of a call, counters not included.
    static long bytes(List<Lookup> lookups, TensorData data) {
        HeldBytes held = new HeldBytes();
        long bytes = Device.regionBytes(Long.BYTES);
        Map<Table, Boolean> tables = new IdentityHashMap<>();
        for (Lookup lookup : lookups) {
            if (parts(lookup) > DeviceCountKernels.MAX_PARTS) {
                continue;
            }
            if (tables.put(lookup.table(), true) == null) {
                bytes += CountedTable.bytes(lookup.table(), data, held);
            }
            for (TupleComponent component : lookup.components()) {
                for (TensorView view : views(component, data, lookup.shape())) {
                    bytes += bytes(view, lookup.shape(), held);
                }
            }
        }
        return bytes + held.bytes();
    }

    private static List<TensorView> views(TupleComponent component, TensorData data, Shape shape) {
        return switch (component) {
            case TupleComponent.Linear l ->
                l.terms().stream().map(t -> TensorView.of(t.column(), data.of(t.column()), shape)).toList();
            case TupleComponent.Proved p ->
                List.of(TensorView.same(p.virtual().name(), data.of(p.virtual()), shape));
        };
    }

    /// What [#part] takes.
    private static long bytes(TensorView view, Shape shape, HeldBytes held) {
        held.addSources(view.data());
        return (inOrder(view, shape) ? 0 : Device.regionBytes((long) Long.BYTES * view.starts().length))
                + (view.inside() == null ? 0 : Device.regionBytes((long) Integer.BYTES * view.inside().length));
    }

    private static boolean inOrder(TensorView view, Shape shape) {
        boolean inOrder = true;
        for (int t = 0; t < view.starts().length; t++) {
            inOrder &= view.starts()[t] == (long) t << shape.lowBits();
        }
        return inOrder;
    }

    private static long parts(Lookup lookup) {
        return lookup.components().stream()
                .mapToLong(c -> c instanceof TupleComponent.Linear linear ? linear.terms().size() : 1).sum();
    }

    /// Whether a table has the multiplicities that it should have; if not, the processor says so.
    private static boolean fits(Table table, TensorData data) {
        IntTensor multiplicity = data.of(table.multiplicity());
        long entries = (long) table.starts().length << table.tileBits();
        return multiplicity.width() == Integer.SIZE && multiplicity.size() == entries && entries <= Integer.MAX_VALUE;
    }

    /// What fails for want of memory fails before anything is counted.
    ///
    /// @return whether all tuples are in their tables; if not, the counters are of no use any more
    private boolean countHere(List<Lookup> lookups, TensorData data, TableCounters counters) {
        try (DeviceWork work = site.work(); DeviceRegions memory = new DeviceRegions(work)) {
            Map<Table, CountedTable> tables = new IdentityHashMap<>();
            DeviceBuffer outside = memory.bytes(Long.BYTES);
            work.stream().fill(outside, 0);
            List<Runnable> kernels = new ArrayList<>();
            for (Lookup lookup : lookups) {
                CountedTable table = tables.computeIfAbsent(lookup.table(),
                        t -> new CountedTable(t, data, counters.of(t, work), memory));
                List<DeviceCountKernels.Component> components = components(lookup, table, data, memory);
                kernels.add(() -> work.kernels().counts().count(table.counters(), outside, table.place(), components,
                        lookup.shape().lowBits(), lookup.shape().tileCount()));
            }
            kernels.forEach(Runnable::run);
            MemorySegment seen = work.results().asSlice(0, Long.BYTES);
            work.stream().out(seen, outside);
            work.sync();
            return seen.get(ValueLayout.JAVA_LONG, 0) == 0;
        }
    }

    private static List<DeviceCountKernels.Component> components(Lookup lookup, CountedTable table, TensorData data,
            DeviceRegions memory) {
        Shape shape = lookup.shape();
        List<DeviceCountKernels.Component> result = new ArrayList<>();
        for (TupleComponent component : lookup.components()) {
            DeviceCountKernels.Column column = table.column(result.size());
            result.add(switch (component) {
                case TupleComponent.Linear l -> new DeviceCountKernels.Component(l.offset(), l.terms().stream()
                        .map(t -> part(TensorView.of(t.column(), data.of(t.column()), shape), t.scale(), shape, memory))
                        .toList(), column);
                case TupleComponent.Proved p -> new DeviceCountKernels.Component(0, List.of(part(
                        TensorView.same(p.virtual().name(), data.of(p.virtual()), shape), 1, shape, memory)), column);
            });
        }
        return result;
    }

    private static DeviceCountKernels.Part part(TensorView view, long scale, Shape shape, DeviceRegions memory) {
        IntTensor data = view.data();
        DeviceCountKernels.Look look = null;
        if (data instanceof DerivedTensor derived) {
            data = derived.index();
            look = new DeviceCountKernels.Look(memory.hold(derived.table()), derived.table().size(), derived.base());
        }
        return new DeviceCountKernels.Part(memory.hold(data), data.size(),
                inOrder(view, shape) ? null : memory.longs(view.starts()),
                view.inside() == null ? null : memory.ints(view.inside()), look, scale);
    }
}
