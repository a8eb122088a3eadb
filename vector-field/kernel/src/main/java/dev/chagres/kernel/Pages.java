package dev.chagres.kernel;

import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.ServiceLoader;

/// Where large regions of memory come from; what else the system is asked to do with pages.
///
/// The one of `chagres-ffm` maps them anonymously and marks them for huge pages on Linux: a first touch then costs one
/// fault for 2 MiB instead of 512, table lookups miss the address cache less often, and nothing is zeroed twice.
/// Elsewhere, and without native access, a region is an arena of its own.
public interface Pages {
    /// Regions are multiples of this many bytes: one huge page.
    long SIZE = 1 << 21;

    /// A mapped region.
    ///
    /// @param address multiple of [Memory#ALIGNMENT]
    /// @param bytes a multiple of [#SIZE]
    /// @param release gives it back to the system as a whole; null when any pages may be given back by
    ///     [#unmap(long, long)]
    record Region(long address, long bytes, Runnable release) {
        boolean divisible() {
            return release == null;
        }
    }

    /// Maps zeroed memory.
    ///
    /// @param bytes a positive multiple of [#SIZE]
    /// @throws OutOfMemoryError if the system refuses
    Region map(long bytes);

    /// Gives pages of divisible regions back to the system, whichever regions they came from.
    ///
    /// @param address a multiple of [#SIZE] past the begin of a region
    /// @param bytes a multiple of [#SIZE]
    default void unmap(long address, long bytes) {
        throw new UnsupportedOperationException("these regions are given back as a whole");
    }

    /// Takes pages of a read-only mapping of a file out of the process; they come back when they are touched. Advice:
    /// nothing happens where the system takes none.
    ///
    /// @param address a multiple of the page size, as `bytes` is
    default void release(long address, long bytes) {}

    /// The best source of this process: that of a [PagesProvider] on the class path which has one, else arenas.
    static Pages ofThisProcess() {
        return ServiceLoader.load(PagesProvider.class, Pages.class.getClassLoader()).stream()
                .map(provider -> provider.get().pages()).flatMap(Optional::stream).findFirst().orElse(Pages::arena);
    }

    private static Region arena(long bytes) {
        Arena arena = Arena.ofShared();
        return new Region(arena.allocate(bytes, Memory.ALIGNMENT).address(), bytes, arena::close);
    }
}
