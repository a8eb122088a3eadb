package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/// Brings the operands of one call of a kernel to a device and its results back, so that kernels of a device are tested
/// with whatever tests kernels of the host. Around each operand lie bytes that must stay, what is only read must stay,
/// too, and what is only written is poisoned before.
final class Staging {
    private static final long SLAB = 32 << 20;
    private static final long GUARD = 64;
    private static final byte STAYS = 0x5a;
    private static final byte POISON = (byte) 0xa5;
    private static final int LARGEST_LOG = 20;

    private static Staging shared;

    private final Device device;
    private final Stream stream;
    private final DeviceKernels kernels;
    private DeviceBuffer twiddles;
    private int calls;

    private Staging() {
        NativeBuildFacts.needHost();
        device = NativeLibrary.load(NativeLibrary.Kind.HOST).open(0, SLAB);
        stream = device.stream();
        kernels = new DeviceKernels(stream);
    }

    /// A device of this process, emulated from now on with the orders of a seed.
    static synchronized Staging withSeed(long seed) {
        if (shared == null) {
            shared = new Staging();
        }
        Status.check(ChagresCuda.chg_emulate(shared.device.handle(), ChagresCuda.CHG_EMULATE_SEED(), seed));
        return shared;
    }

    DeviceKernels kernels() {
        return kernels;
    }

    /// Twiddles of all sizes that are tested.
    DeviceBuffer twiddles() {
        if (twiddles == null) {
            twiddles = device.allocate(DeviceFftKernels.twiddleBytes(LARGEST_LOG));
            kernels.fft().twiddles(twiddles, LARGEST_LOG);
        }
        return twiddles;
    }

    /// The kernels' own refusal, before memory of another size is looked at.
    static void checkBits(int bits) {
        if (bits != 8 && bits != 16 && bits != 32) {
            throw new IllegalArgumentException("integers of " + bits + " bits");
        }
    }

    /// Calls a kernel: `body` names the operands, and what it returns is then called with them on the device.
    <T> T get(Function<Call, Supplier<T>> body) {
        try (Call call = new Call()) {
            Supplier<T> kernel = body.apply(call);
            call.send();
            T result = kernel.get();
            call.receive();
            return result;
        }
    }

    /// The same for kernels without a result for the host.
    void run(Function<Call, Runnable> body) {
        get(call -> {
            Runnable kernel = body.apply(call);
            return () -> {
                kernel.run();
                return null;
            };
        });
    }

    private static final class Operand {
        private final long host;
        private final long offset;
        private long bytes;
        private final DeviceBuffer buffer;
        /// What is there before the call.
        private final MemorySegment image;
        private boolean read;
        private boolean written;

        private Operand(long host, long offset, long bytes, DeviceBuffer buffer, MemorySegment image) {
            this.host = host;
            this.offset = offset;
            this.bytes = bytes;
            this.buffer = buffer;
            this.image = image;
        }
    }

    /// Operands by the host address of their first element; the same address is the same operand.
    final class Call implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final Map<Long, Operand> operands = new LinkedHashMap<>();

        private Operand operand(long host, long offset, long bytes, long room) {
            Operand known = operands.get(host);
            if (known != null) {
                assertThat(offset + bytes + GUARD).as("bytes of an operand that is given twice")
                        .isLessThanOrEqualTo(known.image.byteSize());
                known.bytes = Math.max(bytes, known.bytes);
                return known;
            }
            long whole = offset + room + GUARD;
            MemorySegment image = arena.allocate(whole).fill(STAYS);
            image.asSlice(offset, room).fill(POISON);
            Operand operand = new Operand(host, offset, bytes, device.allocate(whole), image);
            operands.put(host, operand);
            return operand;
        }

        private DeviceBuffer buffer(Operand operand, long room, boolean read, boolean written) {
            if (read && !operand.read) {
                operand.read = true;
                MemorySegment.copy(Memory.ALL, operand.host, operand.image, operand.offset, operand.bytes);
            }
            operand.written |= written;
            return new DeviceBuffer(device, operand.buffer.address(), operand.offset + room);
        }

        /// Only read.
        DeviceBuffer in(long host, long bytes) {
            return buffer(operand(host, 0, bytes, bytes), bytes, true, false);
        }

        /// Only written.
        DeviceBuffer out(long host, long bytes) {
            return out(host, bytes, bytes);
        }

        private DeviceBuffer out(long host, long bytes, long room) {
            return buffer(operand(host, 0, bytes, room), room, false, true);
        }

        /// Read and written.
        DeviceBuffer update(long host, long bytes) {
            return buffer(operand(host, 0, bytes, bytes), bytes, true, true);
        }

        DeviceBuffer base(long host, long n) {
            return in(host, Memory.baseBytes(n));
        }

        DeviceBuffer ext(long host, long n) {
            return in(host, Memory.extBytes(n));
        }

        DeviceBuffer[] exts(long n, long... hosts) {
            return Arrays.stream(hosts).mapToObj(host -> ext(host, n)).toArray(DeviceBuffer[]::new);
        }

        DeviceBuffer baseOut(long host, long n) {
            return out(host, Integer.BYTES * n, Memory.baseBytes(n));
        }

        DeviceBuffer extOut(long host, long n) {
            return out(host, Memory.extBytes(n));
        }

        DeviceBuffer extUpdate(long host, long n) {
            return update(host, Memory.extBytes(n));
        }

        /// Integers that are only read, somewhere between two multiples of the alignment of buffers.
        DeviceInts ints(long host, int bits, long n) {
            if (operands.containsKey(host)) {
                return new DeviceInts(in(host, n * bits / Byte.SIZE), bits);
            }
            long first = calls++ % 7;
            long bytes = n * bits / Byte.SIZE;
            Operand operand = operand(host, first * bits / Byte.SIZE, bytes, bytes);
            return new DeviceInts(buffer(operand, bytes, true, false), first, bits);
        }

        private static long end(long rows, long stride, long width) {
            return rows == 0 || width == 0 ? 0 : (rows - 1) * stride + width;
        }

        /// Rows of integers of 32 bits that are only read.
        DeviceBuffer panel(long host, long rows, long stride, long width) {
            return in(host, Integer.BYTES * end(rows, stride, width));
        }

        DeviceBuffer panelUpdate(long host, long rows, long stride, long width) {
            return update(host, Integer.BYTES * end(rows, stride, width));
        }

        /// Rows of integers of 16 bits.
        DeviceInts shortRowsUpdate(long host, long rows, long stride, long width) {
            return new DeviceInts(update(host, Short.BYTES * end(rows, stride, width)), Short.SIZE);
        }

        /// Rows of ints that are only read.
        DeviceInts intRows(long host, int bits, long rows, long stride, long width) {
            return ints(host, bits, end(rows, stride, width));
        }

        private void send() {
            operands.values().forEach(o -> stream.in(o.buffer, o.image));
        }

        /// Brings back what was written, and looks at all that had to stay.
        private void receive() {
            for (Operand o : operands.values()) {
                MemorySegment after = arena.allocate(o.image.byteSize());
                stream.out(after, o.buffer);
                if (o.written) {
                    MemorySegment.copy(after, o.offset, Memory.ALL, o.host, o.bytes);
                } else {
                    assertThat(after.mismatch(o.image)).as("first byte that changed of an operand that is only read")
                            .isEqualTo(-1);
                }
                assertStays(after.asSlice(0, o.offset));
                assertStays(after.asSlice(after.byteSize() - GUARD, GUARD));
            }
        }

        private static void assertStays(MemorySegment bytes) {
            byte[] expected = new byte[(int) bytes.byteSize()];
            Arrays.fill(expected, STAYS);
            assertThat(bytes.toArray(ValueLayout.JAVA_BYTE)).as("bytes beside an operand").isEqualTo(expected);
        }

        @Override
        public void close() {
            operands.values().forEach(o -> stream.release(o.buffer));
            stream.sync();
            arena.close();
        }
    }
}
