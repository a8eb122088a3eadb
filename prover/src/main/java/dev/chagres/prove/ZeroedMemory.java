package dev.chagres.prove;

import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Zeroed memory in large pieces whose pages come into being when they are first touched. [Arena#allocate] writes its zeros at once, on one
/// thread, which for gigabytes takes longer than to compute what goes there.
final class ZeroedMemory {
    private static final long CHUNK = 64L << 20;

    /// `void* calloc(size_t, size_t)` and `void free(void*)`: no C library writes to memory that it has fresh from the system.
    private static final Optional<MethodHandle> CALLOC =
            function("calloc", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final Optional<MethodHandle> FREE = function("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    private final Arena arena;
    private MemorySegment chunk = MemorySegment.NULL;
    private long used;

    /// @param arena owns all memory
    ZeroedMemory(Arena arena) {
        this.arena = arena;
    }

    private static Optional<MethodHandle> function(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(name).map(f -> linker.downcallHandle(f, type));
    }

    /// Memory aligned to [Memory#ALIGNMENT].
    MemorySegment allocate(long bytes) {
        if (used + bytes > chunk.byteSize()) {
            chunk = fresh(Math.max(bytes, CHUNK));
            used = 0;
        }
        MemorySegment result = chunk.asSlice(used, bytes);
        used += (bytes + Memory.ALIGNMENT - 1) & -Memory.ALIGNMENT;
        return result;
    }

    private MemorySegment fresh(long bytes) {
        if (CALLOC.isEmpty() || FREE.isEmpty() || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
            return arena.allocate(bytes, Memory.ALIGNMENT);
        }
        MemorySegment raw;
        try {
            raw = (MemorySegment) CALLOC.get().invokeExact(bytes + Memory.ALIGNMENT, 1L);
        } catch (Throwable e) {
            throw new IllegalStateException("calloc", e);
        }
        if (raw.equals(MemorySegment.NULL)) {
            throw new OutOfMemoryError("no " + bytes + " bytes of memory");
        }
        long shift = -raw.address() & (Memory.ALIGNMENT - 1);
        return raw.reinterpret(bytes + shift, arena, ZeroedMemory::free).asSlice(shift, bytes);
    }

    private static void free(MemorySegment memory) {
        try {
            FREE.get().invokeExact(memory);
        } catch (Throwable e) {
            throw new IllegalStateException("free", e);
        }
    }
}
