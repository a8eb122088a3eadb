package dev.chagres.device;

import static dev.chagres.hash.Blake3Compression.DIGEST_BYTES;

import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.commit.MerkleProof;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceFftKernels;
import dev.chagres.kernel.HashKernels;
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
        int block = Math.min(most, Codewords.mostNumbered(logN));
        long columns = RowBlock.bytes(layout.k(), block) + Device.regionBytes(DeviceFftKernels.twiddleBytes(logN))
                + Codewords.columnBytes(layout.rows(), logN, block, positions);
        return new StageMemory.Rows(Math.max(DeviceNodes.bytes(logN), chaining), columns);
    }

    /// What an [Encoder] takes.
    private static long encoderBytes(int k, int logN, int rows) {
        return RowBlock.bytes(k, rows) + Device.regionBytes(DeviceFftKernels.twiddleBytes(logN))
                + Codewords.bytes(logN, rows);
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
        private final Codewords codewords;

        /// @param most rows at a time
        Encoder(int most) {
            try {
                RowBlock block = new RowBlock(source, new HashSet<>(), layout.k(), most, work, regions, scope);
                DeviceBuffer twiddles = regions.bytes(DeviceFftKernels.twiddleBytes(logN));
                work.kernels().fft().twiddles(twiddles, logN);
                codewords = new Codewords(work, regions, new Codewords.Shape(rows(), layout.k(), logN, twiddles), most,
                        (row, count) -> load(block, row, count));
            } catch (RuntimeException | Error e) {
                close();
                throw e;
            }
        }

        private DeviceBuffer load(RowBlock block, int row, int count) {
            List<Piece> pieces = new ArrayList<>();
            for (int r = row; r < row + count; r++) {
                pieces.addAll(layout.row(r));
            }
            block.load(pieces, (long) row << layout.k());
            return block.rows();
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
            DeviceBuffer state = encoder.codewords.chunk(chunk, each);
            DeviceBuffer digests = encoder.regions.bytes(digestBytes());
            encoder.work.kernels().hash().storeColumns(digests, state, columns(), DIGEST_BYTES);
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
        try (Encoder encoder = new Encoder(Math.min(Math.min(rows(), BLOCK_ROWS), Codewords.mostNumbered(logN)))) {
            return encoder.codewords.columns(positions);
        }
    }

    /// Few rows, which the host encodes in the time of a copy.
    @Override
    public int[][] columns(int first, int end, int[] positions) {
        return cpu.columns(first, end, positions);
    }
}
