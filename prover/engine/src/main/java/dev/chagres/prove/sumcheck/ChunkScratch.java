package dev.chagres.prove.sumcheck;

import dev.chagres.kernel.MemoryScope;
import java.util.ArrayList;
import java.util.List;

/// A stack of ext buffers of one chunk each.
final class ChunkScratch {
    private final MemoryScope arena;
    private final List<Long> buffers = new ArrayList<>();
    private int used;

    ChunkScratch(MemoryScope arena) {
        this.arena = arena;
    }

    /// A buffer of 2^[FactorTable#DENSE] elements with arbitrary content.
    long take() {
        if (used == buffers.size()) {
            buffers.add(arena.allocateExt(1L << FactorTable.DENSE));
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
