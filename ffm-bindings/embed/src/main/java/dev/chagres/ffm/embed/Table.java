package dev.chagres.ffm.embed;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The table of functions that C and Java have in common, `embed_table` of `native/src/embed/table.h`: four numbers,
/// the functions of C ([Host]), those of Java ([Calls]).
final class Table {
    /// Counted up with every change of the table.
    static final int VERSION = 2;

    private static final long HEADER_BYTES = 4L * Integer.BYTES;
    private static final long POINTER_BYTES = ValueLayout.ADDRESS.byteSize();
    private static final int FROM_C = Host.FUNCTIONS.size();
    private static final int FROM_JAVA = Calls.FUNCTIONS.size();

    private Table() {}

    static long bytes() {
        return HEADER_BYTES + POINTER_BYTES * (FROM_C + FROM_JAVA);
    }

    /// Whether this is the table of C.
    static boolean fits(MemorySegment table) {
        int[] header = table.reinterpret(HEADER_BYTES).toArray(ValueLayout.JAVA_INT);
        return Arrays.equals(header, new int[] {(int) bytes(), VERSION, FROM_C, FROM_JAVA});
    }

    /// Puts the functions of Java into the table, where they stay as long as the process lives.
    static void fill(MemorySegment address) throws IllegalAccessException {
        MemorySegment table = address.reinterpret(bytes());
        Calls calls = new Calls(new Host(IntStream.range(0, FROM_C)
                .mapToObj(i -> table.get(ValueLayout.ADDRESS, HEADER_BYTES + i * POINTER_BYTES)).toList()));
        MethodHandle failed;
        MethodHandle pointer;
        try {
            failed = MethodHandles.lookup().findStatic(Table.class, "failed",
                    MethodType.methodType(int.class, Throwable.class, long.class));
            pointer = MethodHandles.lookup().findStatic(MemorySegment.class, "ofAddress",
                    MethodType.methodType(MemorySegment.class, long.class));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
        for (int i = 0; i < FROM_JAVA; i++) {
            Method method = method(Calls.FUNCTIONS.get(i));
            MethodHandle call = MethodHandles.lookup().unreflect(method).bindTo(calls);
            MethodHandle safe = MethodHandles.catchException(ofNumbers(call, pointer), Throwable.class, failed);
            table.set(ValueLayout.ADDRESS, HEADER_BYTES + (FROM_C + i) * POINTER_BYTES,
                    Linker.nativeLinker().upcallStub(safe, descriptor(method), Arena.global()));
        }
    }

    /// The same function with numbers for pointers: a segment takes memory of the heap, and that it is used up must be
    /// caught like everything else, which it would not be in the stub.
    private static MethodHandle ofNumbers(MethodHandle call, MethodHandle pointer) {
        MethodHandle numbers = call;
        for (int i = 0; i < call.type().parameterCount(); i++) {
            if (call.type().parameterType(i) == MemorySegment.class) {
                numbers = MethodHandles.filterArguments(numbers, i, pointer);
            }
        }
        return numbers;
    }

    /// A function of [Calls] by its name.
    static Method method(String name) {
        List<Method> found = Arrays.stream(Calls.class.getDeclaredMethods()).filter(m -> m.getName().equals(name))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " functions are called " + name);
        }
        return found.getFirst();
    }

    private static FunctionDescriptor descriptor(Method method) {
        return FunctionDescriptor.of(layout(method.getReturnType()),
                Arrays.stream(method.getParameterTypes()).map(Table::layout).toArray(MemoryLayout[]::new));
    }

    private static MemoryLayout layout(Class<?> type) {
        if (type == int.class) {
            return ValueLayout.JAVA_INT;
        }
        if (type == long.class || type == MemorySegment.class) {
            return ValueLayout.JAVA_LONG;
        }
        throw new IllegalStateException("no type of the table: " + type);
    }

    /// What is thrown must not reach C, which would end the process: it becomes a status and a line.
    ///
    /// @param text of every function the first parameter, an address
    static int failed(Throwable thrown, long text) {
        try {
            HostMemory.put(MemorySegment.ofAddress(text), HostMemory.TEXT_BYTES, Status.line(thrown));
            return Status.of(thrown).code();
        } catch (Throwable more) {
            // There is no memory for the line either; C has one for an empty text.
            return Status.MEMORY.code();
        }
    }
}
