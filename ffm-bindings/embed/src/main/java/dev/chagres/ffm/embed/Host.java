package dev.chagres.ffm.embed;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// The functions of C that Java calls: the first part of the table. They may block, and return 0 or a wish to end.
final class Host {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;

    /// Names and types in the order of the table.
    static final List<Function> FUNCTIONS = List.of(
            new Function("progress", FunctionDescriptor.of(INT, POINTER, POINTER, ValueLayout.JAVA_DOUBLE)),
            new Function("token", FunctionDescriptor.of(INT, POINTER, INT)),
            new Function("proof", FunctionDescriptor.of(INT, POINTER, POINTER, LONG)),
            new Function("log", FunctionDescriptor.of(INT, POINTER, POINTER, INT, POINTER)),
            new Function("allocate", FunctionDescriptor.of(POINTER, LONG)));

    /// A function of the table.
    record Function(String name, FunctionDescriptor type) {
        private MethodHandle link(MemorySegment address) {
            return Linker.nativeLinker().downcallHandle(address, type);
        }
    }

    private final MethodHandle progress;
    private final MethodHandle token;
    private final MethodHandle proof;
    private final MethodHandle log;
    private final MethodHandle allocate;

    /// @param addresses of the functions, in order
    Host(List<MemorySegment> addresses) {
        progress = FUNCTIONS.get(0).link(addresses.get(0));
        token = FUNCTIONS.get(1).link(addresses.get(1));
        proof = FUNCTIONS.get(2).link(addresses.get(2));
        log = FUNCTIONS.get(3).link(addresses.get(3));
        allocate = FUNCTIONS.get(4).link(addresses.get(4));
    }

    int progress(MemorySegment job, MemorySegment phase, double done) {
        try {
            return (int) progress.invokeExact(job, phase, done);
        } catch (Throwable e) {
            throw linked(e);
        }
    }

    int token(MemorySegment job, int id) {
        try {
            return (int) token.invokeExact(job, id);
        } catch (Throwable e) {
            throw linked(e);
        }
    }

    int proof(MemorySegment job, MemorySegment bytes, long n) {
        try {
            return (int) proof.invokeExact(job, bytes, n);
        } catch (Throwable e) {
            throw linked(e);
        }
    }

    void log(MemorySegment function, MemorySegment user, int level, MemorySegment line) {
        try {
            int ignored = (int) log.invokeExact(function, user, level, line);
            assert ignored == 0 : "log functions return nothing";
        } catch (Throwable e) {
            throw linked(e);
        }
    }

    /// Memory that C frees.
    ///
    /// @throws OutOfMemoryError if there is none
    MemorySegment allocate(long bytes) {
        MemorySegment block;
        try {
            block = (MemorySegment) allocate.invokeExact(bytes);
        } catch (Throwable e) {
            throw linked(e);
        }
        if (block.address() == 0) {
            throw new OutOfMemoryError(bytes + " bytes for the host");
        }
        return block.reinterpret(bytes);
    }

    /// C functions throw nothing; what comes out is the machine's own.
    private static RuntimeException linked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException r ? r : new IllegalStateException(e);
    }
}
