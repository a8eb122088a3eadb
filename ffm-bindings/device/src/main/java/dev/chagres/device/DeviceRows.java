package dev.chagres.device;

import static dev.chagres.hash.Blake3Compression.CHUNK_END;
import static dev.chagres.hash.Blake3Compression.CHUNK_START;
import static dev.chagres.hash.Blake3Compression.DIGEST_BYTES;
import static dev.chagres.hash.Blake3Compression.ROOT;

import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.commit.MerkleProof;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceFftKernels;
import dev.chagres.ffm.DeviceHashKernels;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.commit.MerkleTree;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.stage.StageMemory;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.prove.store.Buffer;
import dev.chagres.transcript.HashContexts;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;


/// [RowHasher] on a device: sixteen rows at a time are copied there, encoded and absorbed; no codeword leaves it.
/// Chaining values are in memory of the host, in the order of the host's kernels, which merge them.
final class DeviceRows implements RowHasher {
    private final DeviceSite site;
    private final Host host;
    private final MatrixLayout layout;
    private final TileSource source;
    private final int logN;
    private final RowHasher cpu;

    /// @param logN log2 of the columns
    /// @param cpu the host's hasher of the same rows, which merges chaining values
    DeviceRows(DeviceSite site, Host host, MatrixLayout layout, TileSource source, int logN, RowHasher cpu) {
        this.site = site;
        this.host = host;
        this.layout = layout;
        this.source = source;
        this.logN = logN;
        this.cpu = cpu;
    }

    /// Most bytes of the device that calls take.
    ///
    /// @param positions most columns at a time
    static StageMemory.Rows bytes(MatrixLayout layout, int logN, int positions) {
        int most = Math.min(layout.rows(), BLOCK_ROWS);
        long digests = Device.regionBytes((long) DIGEST_BYTES << logN);
        long chaining = encoderBytes(layout.k(), logN, most) + 2 * digests;
        int block = blockRows(layout.rows(), logN);
        long blockBytes = Memory.baseBytes((long) block * positions);
        int blocks = (layout.rows() + block - 1) / block;
        long columns = encoderBytes(layout.k(), logN, block) + Device.regionBytes(blockBytes)
                + Device.regionBytes(blocks * blockBytes);
        return new StageMemory.Rows(Math.max(DeviceNodes.bytes(logN), chaining), columns);
    }

    /// What an [Encoder] takes.
    private static long encoderBytes(int k, int logN, int rows) {
        return RowBlock.bytes(k, rows) + Device.regionBytes(DeviceFftKernels.twiddleBytes(logN))
                + Device.regionBytes(Memory.baseBytes((long) rows << logN));
    }

    /// Rows of a block whose words are looked up: their numbers have 31 bits.
    private static int blockRows(int rows, int logN) {
        return Math.min(Math.min(rows, BLOCK_ROWS), 1 << Math.clamp(Integer.SIZE - 2 - logN, 0, 4));
    }

    @Override
    public int rows() {
        return layout.rows();
    }

    @Override
    public long bytes(int threads) {
        return 2 * digestBytes() + RowBlock.hostBytes(layout.k(), Math.min(rows(), BLOCK_ROWS));
    }

    private long columns() {
        return 1L << logN;
    }

    private long digestBytes() {
        return DIGEST_BYTES * columns();
    }

    /// What encodes blocks of rows for one call.
    private final class Encoder implements AutoCloseable {
        private final DeviceWork work = site.work();
        private final DeviceRegions regions = new DeviceRegions(work);
        private final MemoryScope scope = host.scope();
        private final int most;
        private final RowBlock block;
        private final DeviceBuffer twiddles;
        private final DeviceBuffer codewords;

        /// @param most rows at a time
        Encoder(int most) {
            try {
                this.most = most;
                block = new RowBlock(source, new HashSet<>(), layout.k(), most, work, regions, scope);
                twiddles = regions.bytes(DeviceFftKernels.twiddleBytes(logN));
                codewords = regions.base(most * columns());
                work.kernels().fft().twiddles(twiddles, logN);
            } catch (RuntimeException | Error e) {
                close();
                throw e;
            }
        }

        /// Makes the codewords of rows from `row` on, one after another.
        void encode(int row, int count) {
            List<Piece> pieces = new ArrayList<>();
            for (int r = row; r < row + count; r++) {
                pieces.addAll(layout.row(r));
            }
            block.load(pieces, (long) row << layout.k());
            work.kernels().fft().encode(codewords, block.rows(), layout.k(), logN, count, twiddles);
        }

        @Override
        public void close() {
            try (work; regions) {
                scope.close();
            }
        }
    }

    @Override
    public Buffer chaining(int chunk, Runnable each) {
        int first = chunk * CHUNK_ROWS;
        int end = Math.min(rows(), first + CHUNK_ROWS);
        try (Encoder encoder = new Encoder(Math.min(BLOCK_ROWS, end - first))) {
            DeviceHashKernels hash = encoder.work.kernels().hash();
            DeviceBuffer state = encoder.regions.bytes(digestBytes());
            hash.initColumns(HashContexts.LEAF, state, columns());
            for (int row = first; row < end; row += BLOCK_ROWS) {
                int count = Math.min(BLOCK_ROWS, end - row);
                int flags = (row == first ? CHUNK_START : 0) | (row + count == end ? CHUNK_END : 0)
                        | (chunks() == 1 && row + count == end ? ROOT : 0);
                encoder.encode(row, count);
                hash.absorbColumns(HashContexts.LEAF, state, encoder.codewords, Memory.baseBytes(columns()), count,
                        columns(), chunk, flags);
                each.run();
            }
            DeviceBuffer digests = encoder.regions.bytes(digestBytes());
            hash.storeColumns(digests, state, columns(), DIGEST_BYTES);
            try (Buffer here = DeviceRegions.download(encoder.work, digests,
                    Buffer.raw(host.memory(), digestBytes()))) {
                return load(here);
            }
        }
    }

    /// Chaining values as the kernels of the host have them.
    private Buffer load(Buffer digests) {
        Buffer state = Buffer.raw(host.memory(), digestBytes());
        HashKernels hash = host.kernels().hash();
        host.ranges(columns(), (part, from, to) -> hash.loadColumns(state.address() + from * DIGEST_BYTES,
                digests.address() + from * DIGEST_BYTES, to - from));
        return state;
    }

    @Override
    public Buffer merge(Buffer left, Buffer right, boolean root) {
        return cpu.merge(left, right, root);
    }

    @Override
    public void tree(Buffer chaining, MemorySegment region) {
        MerkleTree tree = new MerkleTree(region, logN);
        HashKernels hash = host.kernels().hash();
        host.ranges(columns(), (part, from, to) -> hash.storeColumns(tree.leaves() + from * MerkleProof.NODE_BYTES,
                chaining.address() + from * DIGEST_BYTES, to - from, MerkleProof.NODE_BYTES));
        DeviceNodes.build(site, tree);
    }

    @Override
    public int[][] columns(int[] positions) {
        int[][] columns = new int[positions.length][rows()];
        if (positions.length == 0) {
            return columns;
        }
        int most = blockRows(rows(), logN);
        long words = (long) most * positions.length;
        try (Encoder encoder = new Encoder(most)) {
            long wanted = encoder.scope.allocateRaw(Memory.baseBytes(words));
            for (int i = 0; i < words; i++) {
                Memory.setInt(wanted, i, (i / positions.length << logN) + positions[i % positions.length]);
            }
            DeviceBuffer index = encoder.regions.copy(wanted, Memory.baseBytes(words));
            int blocks = (rows() + most - 1) / most;
            long blockBytes = Memory.baseBytes(words);
            DeviceBuffer found = encoder.regions.bytes(blocks * blockBytes);
            for (int b = 0; b < blocks; b++) {
                int count = Math.min(most, rows() - b * most);
                encoder.encode(b * most, count);
                encoder.work.kernels().integer().lookup(found.slice(b * blockBytes, blockBytes), encoder.codewords, 0,
                        count * columns(), index, (long) count * positions.length);
            }
            long here = encoder.scope.allocateRaw(blocks * blockBytes);
            encoder.work.stream().out(DeviceRegions.host(here, blocks * blockBytes), found);
            for (int row = 0; row < rows(); row++) {
                for (int i = 0; i < positions.length; i++) {
                    columns[i][row] = Memory.getInt(here + row / most * blockBytes,
                            (long) (row % most) * positions.length + i);
                }
            }
        }
        return columns;
    }
}
