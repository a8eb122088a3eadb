package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.ffm.DeviceKernels;
import dev.chagres.graph.Graph;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Workspace;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Memory of the device for the panels of one task at a time: cut off regions that are used again by the next task,
/// whose work comes later in the same stream.
final class PanelSpace implements Workspace, AutoCloseable {
    /// Bytes of a panel that is small.
    private static final long SMALL = 1 << 10;
    /// Bytes of a lane array that is small, that of all heads of a task: a few of them fit a page of results.
    private static final long SMALL_LANES = DeviceWork.PAGE / 4;

    private final DeviceWork work;
    private final DeviceBuffer failed;
    private final DeviceBuffer single;
    /// Bytes of the first region.
    private final long first;
    /// The last one is cut; those before it have panels of this task.
    private final List<DeviceBuffer> regions = new ArrayList<>();
    private long used;
    /// Lane arrays and other small panels of this task.
    private final List<PanelMemory> small = new ArrayList<>();

    /// @param failed eight bytes that become 1 when a value does not fit, or is not in a table
    /// @param single one integer of 32 bits, whatever it is
    /// @param bytes of the panels of a task, so many that no second region is needed
    PanelSpace(DeviceWork work, DeviceBuffer failed, DeviceBuffer single, long bytes) {
        this.work = work;
        this.failed = failed;
        this.single = single;
        this.first = bytes;
    }

    /// Most bytes of the panels of a task, whose lanes are the rows of a block.
    static long bytes(Graph graph) {
        int bits = graph.operations().stream().flatMap(o -> o.activations().stream())
                .mapToInt(c -> c.shape().lowAxes().getFirst().bits()).max().orElse(RowBlocks.BLOCK_BITS);
        int lanes = (int) Memory.padded(1L << bits);
        return Integer.BYTES * graph.operations().stream().mapToLong(o -> o.panelElements(lanes)).max().orElse(0);
    }

    DeviceKernels kernels() {
        return work.kernels();
    }

    DeviceWork work() {
        return work;
    }

    DeviceBuffer failed() {
        return failed;
    }

    /// A table of one entry.
    DeviceInts single() {
        return new DeviceInts(single, Integer.SIZE);
    }

    /// Forgets all panels.
    void reset() {
        while (regions.size() > 1) {
            work.release(regions.removeFirst());
        }
        used = 0;
        small.clear();
    }

    @Override
    public DevicePanel panel(int channels, int lanes, int groups) {
        int stride = Math.multiplyExact(groups, (int) Memory.padded(lanes));
        PanelMemory memory = new PanelMemory(this, allocate((long) Integer.BYTES * channels * stride));
        if (memory.bytes() <= (channels == 1 ? SMALL_LANES : SMALL)) {
            small.add(memory);
        }
        return new DevicePanel(this, memory, groups, 0, channels, lanes);
    }

    /// Brings the latest values of a panel to the host, and with one wait those of all small panels.
    void fetch(PanelMemory wanted) {
        List<PanelMemory> all = new ArrayList<>(List.of(wanted));
        small.stream().filter(m -> m != wanted && m.behind()).forEach(all::add);
        try (Arena arena = Arena.ofConfined()) {
            long end = 0;
            List<MemorySegment> seen = new ArrayList<>();
            for (PanelMemory memory : all) {
                boolean pinned = end + memory.bytes() <= DeviceWork.PAGE;
                seen.add(pinned ? work.results().asSlice(end, memory.bytes())
                        : arena.allocate(memory.bytes(), Integer.BYTES));
                end += pinned ? memory.bytes() : 0;
                work.stream().out(seen.getLast(), memory.read());
            }
            work.sync();
            for (int i = 0; i < seen.size(); i++) {
                all.get(i).take(seen.get(i));
            }
        }
    }

    private DeviceBuffer allocate(long bytes) {
        if (regions.isEmpty() || used + bytes > regions.getLast().bytes()) {
            long before = regions.isEmpty() ? 0 : regions.getLast().bytes();
            regions.add(work.allocate(Math.max(Math.max(2 * before, first), bytes)));
            used = 0;
        }
        DeviceBuffer result = regions.getLast().slice(used, bytes);
        used += bytes;
        return result;
    }

    @Override
    public void close() {
        regions.forEach(work::release);
        regions.clear();
    }
}
