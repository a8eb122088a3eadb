package dev.chagres.device;

import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.RowPiece;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.stage.TileSource;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;

/// Neighbouring rows of a matrix on a device, as a base array. Integers are copied from where they are on the host,
/// pieces of zeros are not, and one kernel embeds all of them. Used by one thread at a time.
final class RowBlock {
    /// Most rows.
    static final int ROWS = RowHasher.BLOCK_ROWS;
    /// Bytes of a piece that is copied by itself; smaller ones are gathered on the host, as a copy costs microseconds.
    private static final long DIRECT_BYTES = 1 << 16;
    /// Values that a block of threads embeds at a time.
    private static final int PART = 1 << 12;
    /// log2 of the least room of a piece in long rows.
    private static final int LEAST_BITS = 8;

    private final TileSource source;
    private final Set<Piece> zeros;
    private final DeviceWork work;
    private final long elements;
    private final DeviceBuffer rows;
    private final DeviceBuffer raw;
    private final DeviceBuffer table;
    /// Of the host: integers that are copied together, and the table of parts.
    private final long gathered;
    private final long gatheredBytes;
    private final MemorySegment parts;
    private int partCount;

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
        this.table = regions.bytes(tableBytes(k, count));
        this.gatheredBytes = Memory.baseBytes(1L << k);
        this.gathered = scope.allocateRaw(gatheredBytes);
        this.parts = DeviceRegions.host(scope.allocateRaw(tableBytes(k, count)), tableBytes(k, count));
    }

    private static long tableBytes(int k, int count) {
        return ((long) count << k) / (1L << Math.min(k, LEAST_BITS)) * RowPiece.BYTES;
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
        partCount = 0;
        long at = 0;
        long sent = 0;
        for (Piece piece : pieces) {
            if (zeros.contains(piece)) {
                continue;
            }
            int bits = source.bits(piece.column());
            long bytes = piece.count() * (bits / 8);
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
            addParts(at, piece.address() - first, piece.count(), bits);
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
        if (partCount > 0) {
            work.stream().in(table, parts.asSlice(0, partCount * RowPiece.BYTES));
            work.kernels().rows().placePieces(rows, elements, raw, table, partCount);
        }
    }

    private void send(long to, long bytes) {
        if (bytes > 0) {
            work.stream().in(raw.slice(to, bytes), DeviceRegions.host(gathered, bytes));
        }
    }

    private void addParts(long from, long to, long count, int bits) {
        for (long done = 0; done < count; done += PART) {
            int here = (int) Math.min(PART, count - done);
            new RowPiece(from + done * (bits / 8), to + done, here, bits).write(parts, partCount++);
        }
    }
}
