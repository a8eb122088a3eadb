package dev.chagres.kernel;

import java.lang.foreign.MemorySegment;

/// The pages of mapped files that are in memory.
public final class FilePages {
    /// A multiple of every page size in use.
    private static final long GRANULE = 1 << 16;
    private static final Pages PAGES = Pages.ofThisProcess();

    private FilePages() {}

    /// Tells the system that a mapping is not needed for now: its pages no longer count as this process's, and whoever
    /// touches them again gets them from the file, most often from the system's cache of it. Values do not change, also
    /// not for threads that read them meanwhile. Pages at the ends that the segment has only in part stay. Does nothing
    /// where the system takes no such advice.
    ///
    /// @param mapped of a file, read-only: what was written to memory alone would be lost
    public static void release(MemorySegment mapped) {
        if (!mapped.isMapped() || !mapped.isReadOnly()) {
            throw new IllegalArgumentException("not a read-only mapping of a file");
        }
        long from = mapped.address() + GRANULE - 1 & -GRANULE;
        long to = mapped.address() + mapped.byteSize() & -GRANULE;
        if (from < to) {
            PAGES.release(from, to - from);
        }
    }
}
