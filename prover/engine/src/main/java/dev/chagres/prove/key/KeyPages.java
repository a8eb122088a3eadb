package dev.chagres.prove.key;

import dev.chagres.kernel.FilePages;
import dev.chagres.prove.data.HostTensor;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;

/// The pages of a mapped key that are in memory. While they are spared, all of them go back to the system whenever
/// columns of [#STEP] bytes have been asked for; so at most these and those that are being read are there. Safe for use
/// by several threads.
final class KeyPages {
    private static final long STEP = 32L << 20;
    /// Header, pages of the tree that an opening reads, columns that other threads read at the same time.
    private static final long REST = 32L << 20;

    private final MemorySegment mapped;
    private final long largest;
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
        if (spared) {
            long bytes = column.data().byteSize();
            if (asked.addAndGet(bytes) > STEP) {
                asked.set(bytes);
                FilePages.release(mapped);
            }
        }
        return column;
    }
}
