package dev.chagres.prove.sumcheck;

import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// A stack of ext buffers of one chunk each.
final class ChunkScratch {
    private final Arena arena;
    private final List<Long> buffers = new ArrayList<>();
    private int used;

    ChunkScratch(Arena arena) {
        this.arena = arena;
    }

    /// A buffer of 2^[FactorTable#DENSE] elements with arbitrary content.
    long take() {
        if (used == buffers.size()) {
            buffers.add(Memory.allocateExt(arena, 1L << FactorTable.DENSE));
        }
        return buffers.get(used++);
    }

    int mark() {
        return used;
    }

    /// Gives back everything taken since `mark`.
    void release(int mark) {
        used = mark;
    }
}
