package dev.chagres.prove.witness;

import dev.chagres.graph.Workspace;
import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.kernel.PanelKernels;

/// Memory of one thread of an [IntegerRun]: panels are cut off one slab that starts anew with every task. Owned by the arena.
final class TaskMemory implements Workspace {
    private static final long FIRST_SLAB = 1 << 20;

    final IntegerKernels integers;
    final PanelKernels panels;
    /// Two lane arrays of 16 for one-lane panels.
    final long lanes;
    private final MemoryScope arena;
    private long slab;
    private long size;
    private long used;

    TaskMemory(MemoryScope arena, IntegerKernels integers, PanelKernels panels) {
        this.arena = arena;
        this.integers = integers;
        this.panels = panels;
        this.lanes = arena.allocateBase(2L * Memory.BLOCK);
    }

    /// Forgets all panels.
    void reset() {
        used = 0;
    }

    /// @throws IllegalArgumentException if there is not one group
    @Override
    public MemoryPanel panel(int channels, int lanes, int groups) {
        if (groups != 1) {
            throw new IllegalArgumentException(groups + " groups of lanes in memory of the host");
        }
        return panel(channels, lanes);
    }

    @Override
    public MemoryPanel panel(int channels, int lanes) {
        int stride = lanes == 1 ? 1 : (int) Memory.padded(lanes);
        return new MemoryPanel(this, allocate(Memory.baseBytes((long) channels * stride)), stride, channels, lanes);
    }

    private long allocate(long bytes) {
        if (used + bytes > size) {
            // Panels of this task may live in the old slab, so it stays with the arena.
            size = Math.max(Math.max(2 * size, FIRST_SLAB), bytes);
            // One block more: a panel of shifted lanes is read past its end (see MemoryPanel#lanes).
            slab = arena.allocate(size + Memory.ALIGNMENT);
            used = 0;
        }
        long address = slab + used;
        used += (bytes + Memory.ALIGNMENT - 1) & -Memory.ALIGNMENT;
        return address;
    }
}
