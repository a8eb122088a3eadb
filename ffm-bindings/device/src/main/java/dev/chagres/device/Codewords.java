package dev.chagres.device;

import static dev.chagres.hash.Blake3Compression.CHUNK_END;
import static dev.chagres.hash.Blake3Compression.CHUNK_START;
import static dev.chagres.hash.Blake3Compression.DIGEST_BYTES;
import static dev.chagres.hash.Blake3Compression.PARENT;
import static dev.chagres.hash.Blake3Compression.ROOT;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceHashKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.transcript.HashContexts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Makes the codewords of rows on a device, a block of rows at a time, and hashes or reads their columns.
final class Codewords {
    /// Where rows come from.
    @FunctionalInterface
    interface Source {
        /// The coefficients of neighbouring rows, one row after another; usable until the next call.
        DeviceBuffer load(int row, int count);
    }

    /// What is encoded.
    ///
    /// @param rows of the matrix
    /// @param logK log2 of the coefficients of a row
    /// @param logN log2 of the columns
    /// @param twiddles of that
    record Shape(int rows, int logK, int logN, DeviceBuffer twiddles) {
        long columns() {
            return 1L << logN;
        }

        int chunks() {
            return (rows + RowHasher.CHUNK_ROWS - 1) / RowHasher.CHUNK_ROWS;
        }
    }

    private final DeviceWork work;
    private final DeviceRegions regions;
    private final Shape shape;
    private final int most;
    private final Source source;
    private final DeviceBuffer codewords;

    /// @param regions receive what this needs
    /// @param most rows at a time
    Codewords(DeviceWork work, DeviceRegions regions, Shape shape, int most, Source source) {
        this.work = work;
        this.regions = regions;
        this.shape = shape;
        this.most = most;
        this.source = source;
        this.codewords = regions.base(most * shape.columns());
    }

    /// What this takes beside states.
    ///
    /// @param most rows at a time
    static long bytes(int logN, int most) {
        return Device.regionBytes(Memory.baseBytes((long) most << logN));
    }

    /// What [#hash()] takes.
    static long hashBytes(int rows, int logN) {
        int chunks = (rows + RowHasher.CHUNK_ROWS - 1) / RowHasher.CHUNK_ROWS;
        return bytes(logN, Math.min(rows, RowHasher.BLOCK_ROWS))
                + chunks * Device.regionBytes((long) DIGEST_BYTES << logN);
    }

    /// What [#columns(int\[\])] takes.
    static long columnBytes(int rows, int logN, int most, int positions) {
        int step = Math.min(most, mostNumbered(logN));
        long blockBytes = Memory.baseBytes((long) step * positions);
        int blocks = (rows + step - 1) / step;
        return bytes(logN, most) + Device.regionBytes(blockBytes) + Device.regionBytes(blocks * blockBytes);
    }

    private void encode(int row, int count) {
        work.kernels().fft().encode(codewords, source.load(row, count), shape.logK, shape.logN, count, shape.twiddles);
    }

    /// States of all columns after all rows.
    DeviceBuffer hash() {
        return subtree(0, shape.chunks());
    }

    private DeviceBuffer subtree(int from, int to) {
        if (to - from == 1) {
            return chunk(from, () -> {});
        }
        int middle = from + RowHasher.left(to - from);
        DeviceBuffer left = subtree(from, middle);
        DeviceBuffer right = subtree(middle, to);
        work.kernels().hash().mergeColumns(HashContexts.LEAF, left, right, shape.columns(),
                to - from == shape.chunks() ? PARENT | ROOT : PARENT);
        return right;
    }

    /// States of all columns after a chunk of rows.
    ///
    /// @param each called after every [RowHasher#BLOCK_ROWS] rows
    DeviceBuffer chunk(int chunk, Runnable each) {
        int first = chunk * RowHasher.CHUNK_ROWS;
        int end = Math.min(shape.rows, first + RowHasher.CHUNK_ROWS);
        DeviceHashKernels hash = work.kernels().hash();
        DeviceBuffer state = regions.bytes(DIGEST_BYTES * shape.columns());
        hash.initColumns(HashContexts.LEAF, state, shape.columns());
        for (int row = first; row < end; row += RowHasher.BLOCK_ROWS) {
            int count = Math.min(RowHasher.BLOCK_ROWS, end - row);
            int flags = (row == first ? CHUNK_START : 0) | (row + count == end ? CHUNK_END : 0)
                    | (shape.chunks() == 1 && row + count == end ? ROOT : 0);
            encode(row, count);
            hash.absorbColumns(HashContexts.LEAF, state, codewords, Memory.baseBytes(shape.columns()), count,
                    shape.columns(), chunk, flags);
            each.run();
        }
        return state;
    }

    /// Most rows whose words can be numbered in 31 bits, if it is fewer than a block of rows.
    ///
    /// @param logN log2 of the columns
    static int mostNumbered(int logN) {
        return 1 << Math.clamp(Integer.SIZE - 2 - logN, 0, 4);
    }

    /// The words of several columns.
    ///
    /// @param positions ascending
    /// @return by position, then by row
    int[][] columns(int[] positions) {
        int[][] columns = new int[positions.length][shape.rows];
        if (positions.length == 0) {
            return columns;
        }
        int step = Math.min(most, mostNumbered(shape.logN));
        int words = step * positions.length;
        int[] wanted = new int[words];
        for (int i = 0; i < words; i++) {
            wanted[i] = (i / positions.length << shape.logN) + positions[i % positions.length];
        }
        int blocks = (shape.rows + step - 1) / step;
        long blockBytes = Memory.baseBytes(words);
        DeviceBuffer index = regions.ints(wanted);
        DeviceBuffer found = regions.bytes(blocks * blockBytes);
        for (int b = 0; b < blocks; b++) {
            int count = Math.min(step, shape.rows - b * step);
            encode(b * step, count);
            work.kernels().integer().lookup(found.slice(b * blockBytes, blockBytes), codewords, 0,
                    count * shape.columns(), index, (long) count * positions.length);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment seen = arena.allocate(blocks * blockBytes, Memory.ALIGNMENT);
            work.stream().out(seen, found);
            for (int row = 0; row < shape.rows; row++) {
                long at = row / step * (blockBytes / Integer.BYTES) + (long) (row % step) * positions.length;
                for (int i = 0; i < positions.length; i++) {
                    columns[i][row] = seen.getAtIndex(ValueLayout.JAVA_INT, at + i);
                }
            }
        }
        return columns;
    }
}
