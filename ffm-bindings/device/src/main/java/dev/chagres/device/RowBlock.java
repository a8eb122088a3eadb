package dev.chagres.device;

import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Neighbouring rows of a matrix on a device, as a base array. Integers are read from copies of whole columns where the
/// device has them or has room for them, else copied piece by piece; pieces of zeros are not; and kernels embed all of
/// them. Used by one thread at a time.
final class RowBlock {
    /// Most rows.
    static final int ROWS = RowHasher.BLOCK_ROWS;
    /// Bytes of a piece that is copied by itself; smaller ones are gathered on the host, as a copy costs microseconds.
    private static final long DIRECT_BYTES = 1 << 16;
    /// log2 of the least room of a piece in long rows.
    private static final int LEAST_BITS = 8;

    private final TileSource source;
    private final Set<Piece> zeros;
    private final DeviceWork work;
    private final long elements;
    private final DeviceBuffer rows;
    /// Integers that are copied piece by piece.
    private final DeviceBuffer raw;
    /// The slab before the rows, and after them: a kernel does not read where it writes.
    private final DeviceBuffer below;
    private final DeviceBuffer above;
    private final DeviceBuffer table;
    /// Of the host: integers that are copied together, and the table of parts.
    private final long gathered;
    private final long gatheredBytes;
    private final MemorySegment parts;

    /// @param zeros pieces that are known to have no other value; more are added
    /// @param k log2 of the values of a row
    /// @param count rows, at most [#ROWS]
    RowBlock(TileSource source, Set<Piece> zeros, int k, int count, DeviceWork work, DeviceRegions regions,
            MemoryScope scope) {
        this.source = source;
        this.zeros = zeros;
        this.work = work;
        this.elements = (long) count << k;
        this.rows = regions.base(elements);
        this.raw = regions.base(elements);
        this.below = regions.before(rows);
        this.above = regions.behind(rows);
        this.table = regions.bytes(tableBytes(k, count));
        this.gatheredBytes = Memory.baseBytes(1L << k);
        this.gathered = scope.allocateRaw(gatheredBytes);
        this.parts = DeviceRegions.host(scope.allocateRaw(tableBytes(k, count)), tableBytes(k, count));
    }

    private static long tableBytes(int k, int count) {
        return RowParts.bytes(((long) count << k) / (1L << Math.min(k, LEAST_BITS)));
    }

    /// Bytes of the device that a block takes.
    static long bytes(int k, int count) {
        return 2 * Device.regionBytes(Memory.baseBytes((long) count << k)) + Device.regionBytes(tableBytes(k, count));
    }

    /// Bytes of the host that a block takes.
    static long hostBytes(int k, int count) {
        return Memory.baseBytes(1L << k) + tableBytes(k, count);
    }

    /// The rows that were loaded last; a base array.
    DeviceBuffer rows() {
        return rows;
    }

    /// Elements of [#rows()].
    long elements() {
        return elements;
    }

    /// Whether a piece that was loaded has no value but 0.
    boolean isZero(Piece piece) {
        return zeros.contains(piece);
    }

    /// Reads rows; what no piece covers is 0.
    ///
    /// @param pieces all of them in these rows
    /// @param first address of the first row
    void load(List<Piece> pieces, long first) {
        work.stream().fill(rows, 0);
        try (Columns columns = new Columns()) {
            place(pieces, first, columns);
        }
        if (work.tensors().wanted()) {
            work.sync();
        }
    }

    private void place(List<Piece> pieces, long first, Columns columns) {
        RowParts copied = new RowParts(raw);
        RowParts before = new RowParts(below);
        RowParts behind = new RowParts(above);
        long at = 0;
        long sent = 0;
        for (Piece piece : pieces) {
            if (zeros.contains(piece)) {
                continue;
            }
            int bits = source.bits(piece.column());
            long bytes = piece.count() * (bits / 8);
            long to = piece.address() - first;
            Whole whole = columns.of(piece.column());
            if (whole != null) {
                long from = (((long) piece.tile() << piece.column().shape().lowBits()) + piece.from()) * (bits / 8);
                if (whole.isZero(from, bytes)) {
                    zeros.add(piece);
                } else {
                    long address = whole.address() + from;
                    (address < rows.address() ? before : behind).add(address, to, piece.count(), bits);
                }
                continue;
            }
            boolean direct = bytes >= DIRECT_BYTES;
            if (direct || at - sent + bytes > gatheredBytes) {
                send(sent, at - sent);
                sent = at;
            }
            long scratch = gathered + at - sent;
            long ints = source.ints(piece.column(), piece.tile(), piece.from(), piece.count(), scratch);
            if (Memory.isZero(ints, bytes)) {
                zeros.add(piece);
                continue;
            }
            copied.add(raw.address() + at, to, piece.count(), bits);
            if (direct) {
                work.stream().in(raw.slice(at, bytes), DeviceRegions.host(ints, bytes));
            } else if (ints != scratch) {
                Memory.copy(ints, scratch, bytes);
            }
            at += bytes + Memory.ALIGNMENT - 1 & -Memory.ALIGNMENT;
            if (direct) {
                sent = at;
            }
        }
        send(sent, at - sent);
        RowParts.place(List.of(copied, before, behind), rows, elements, parts, table, work);
    }

    private void send(long to, long bytes) {
        if (bytes > 0) {
            work.stream().in(raw.slice(to, bytes), DeviceRegions.host(gathered, bytes));
        }
    }

    /// A column on the device.
    private record Whole(IntTensor tensor, Resident resident) {
        /// Whether a part is known to have no other value.
        boolean isZero(long from, long bytes) {
            return tensor instanceof HostTensor values && values.here()
                    && Memory.isZero(values.address() + from, bytes);
        }

        long address() {
            return resident.ints().buffer().address();
        }
    }

    /// The columns that are on the device while rows are placed.
    private final class Columns implements AutoCloseable {
        private final Map<Column, Optional<Whole>> columns = new IdentityHashMap<>();

        /// @return null if the column is not there
        Whole of(Column column) {
            return columns.computeIfAbsent(column, c -> source.whole(c)
                    .flatMap(t -> work.tensors().holdIfRoom(t, work).map(r -> new Whole(t, r)))).orElse(null);
        }

        @Override
        public void close() {
            columns.values().forEach(c -> c.ifPresent(w -> w.resident.close()));
        }
    }
}
