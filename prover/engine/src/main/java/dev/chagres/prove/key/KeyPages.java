package dev.chagres.prove.key;

import dev.chagres.kernel.FilePages;
import dev.chagres.prove.data.HostTensor;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The pages of a mapped key that are in memory. While they are spared, all of them go back to the system whenever
/// columns of more than [#STEP] bytes have been asked for since the last time, each counted once, however often and in
/// whatever parts it is read; so at most these and those that are being read are there. Safe for use by several threads.
final class KeyPages {
    private static final long STEP = 32L << 20;
    /// Header, pages of the tree that an opening reads, columns that other threads read at the same time.
    private static final long REST = 32L << 20;

    private final MemorySegment mapped;
    private final long largest;
    /// Columns asked for since the last release, and their bytes.
    private final Set<HostTensor> used = ConcurrentHashMap.newKeySet();
    private final AtomicLong asked = new AtomicLong();
    private volatile boolean spared;

    /// @param mapped the whole file
    /// @param columns of it
    KeyPages(MemorySegment mapped, Collection<HostTensor> columns) {
        this.mapped = mapped;
        this.largest = columns.stream().mapToLong(t -> t.data().byteSize()).max().orElse(0);
    }

    void spare(boolean on) {
        spared = on;
    }

    /// Most bytes in memory while pages are spared.
    long sparedBytes() {
        return Math.min(mapped.byteSize(), STEP + largest + REST);
    }

    /// A column that is going to be read.
    HostTensor use(HostTensor column) {
        if (spared && used.add(column)) {
            long bytes = column.data().byteSize();
            if (asked.addAndGet(bytes) > STEP) {
                used.clear();
                used.add(column);
                asked.set(bytes);
                FilePages.release(mapped);
            }
        }
        return column;
    }
}
