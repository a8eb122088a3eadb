package dev.chagres.ffm.pages;

import dev.chagres.kernel.Pages;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// mmap, madvise and munmap with the constants of Linux.
final class LinuxPages implements Pages {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final long MAP_FAILED = -1;

    private final MethodHandle mmap;
    private final MethodHandle madvise;
    private final MethodHandle munmap;

    private LinuxPages(MethodHandle mmap, MethodHandle madvise, MethodHandle munmap) {
        this.mmap = mmap;
        this.madvise = madvise;
        this.munmap = munmap;
    }

    /// Empty elsewhere than on Linux, and when native access is not enabled or the C library lacks a symbol.
    static Optional<Pages> create() {
        if (!System.getProperty("os.name").startsWith("Linux") || !LinuxPages.class.getModule().isNativeAccessEnabled()) {
            return Optional.empty();
        }
        ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        Optional<MethodHandle> mmap = handle("mmap", FunctionDescriptor.of(word, word, word, number, number,
                number, word));
        Optional<MethodHandle> madvise = handle("madvise", FunctionDescriptor.of(number, word, word, number));
        Optional<MethodHandle> munmap = handle("munmap", FunctionDescriptor.of(number, word, word));
        return mmap.isEmpty() || madvise.isEmpty() || munmap.isEmpty()
                ? Optional.empty()
                : Optional.of(new LinuxPages(mmap.get(), madvise.get(), munmap.get()));
    }

    private static Optional<MethodHandle> handle(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup library = linker.defaultLookup();
        Optional<MemorySegment> symbol = library.find(name);
        return symbol.map(s -> linker.downcallHandle(s, type));
    }

    @Override
    public Region map(long bytes) {
        // One page more, so that the region can start at a page; what is left over goes back at once.
        long room = bytes + SIZE;
        long start = call(mmap, 0L, room, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
        if (start == MAP_FAILED) {
            throw new OutOfMemoryError("the system has no " + (bytes >> 20) + " MiB more");
        }
        long address = (start + SIZE - 1) & -SIZE;
        // Advice only: where huge pages are switched off, small ones serve.
        call(madvise, address, bytes, MADV_HUGEPAGE);
        if (address > start) {
            unmap(start, address - start);
        }
        if (start + room > address + bytes) {
            unmap(address + bytes, start + room - address - bytes);
        }
        return new Region(address, bytes, null);
    }

    @Override
    public void unmap(long address, long bytes) {
        call(munmap, address, bytes);
    }

    @Override
    public void release(long address, long bytes) {
        // Advice only: where it is refused, as for locked memory, the pages stay and hold what they held.
        call(madvise, address, bytes, MADV_DONTNEED);
    }

    private static long call(MethodHandle function, Object... arguments) {
        try {
            return ((Number) function.invokeWithArguments(arguments)).longValue();
        } catch (Throwable e) {
            throw new AssertionError("a call into the C library failed", e);
        }
    }
}
