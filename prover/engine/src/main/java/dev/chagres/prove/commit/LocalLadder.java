package dev.chagres.prove.commit;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.LadderArrays;
import dev.chagres.prove.store.Buffer;

/// [LadderArrays] in the memory of a host.
final class LocalLadder implements LadderArrays {
    private final Backend kernels;
    private final Host host;
    private final MemoryScope arena;
    private final Buffer u;
    private final long w;
    private final LocalProductRounds rounds;

    /// @param u ext array of 2^k elements, folded in place and freed at the end
    /// @param point of k coordinates
    LocalLadder(Host host, Buffer u, QM31[] point) {
        this.kernels = host.kernels();
        this.host = host;
        this.u = u;
        this.arena = host.scope();
        try {
            this.w = arena.allocateExt(1L << point.length);
            kernels.field().eqTable(w, point, QM31.ONE);
            this.rounds = new LocalProductRounds(host, this::free, u.address(), w, 1L << point.length);
        } catch (RuntimeException | Error e) {
            free();
            throw e;
        }
    }

    private void free() {
        arena.close();
        u.close();
    }

    @Override
    public LocalProductRounds rounds() {
        return rounds;
    }

    /// log2 of what is left of u.
    private int bits() {
        return Long.numberOfTrailingZeros(rounds.size());
    }

    @Override
    public CommittedRows commit(int laneBits, int logN) {
        int bits = bits() - laneBits;
        int rows = 4 << laneBits;
        // The columns are opened when u has been folded: keep its coordinates.
        long planes = arena.allocateBase((long) rows << bits);
        host.run(rows, (worker, row) -> ExtPlanes.read(planes + (4L * row << bits),
                u.address() + ((long) (row / 4) << bits) * Memory.EXT_BYTES, row % 4, 1L << bits));
        RowEncoder encoder = new RowEncoder() {
            @Override
            public void encode(int row, long scratch, long codeword) {
                kernels.fft().encode(codeword, plane(row), bits, logN, 1);
            }

            @Override
            public void encodeAt(int row, long scratch, long codeword, int[] positions) {
                kernels.fft().encodeAt(codeword, plane(row), bits, logN, positions);
            }

            private long plane(int row) {
                return planes + (4L * row << bits);
            }
        };
        MerkleTree tree = new MerkleTree(arena.segment(MerkleTree.bytes(logN)), logN);
        CodewordMatrix matrix = new CodewordMatrix(new ChunkHasher(encoder, rows, bits, logN, host), tree, host);
        matrix.build();
        return matrix;
    }

    @Override
    public void constrain(int logN, int[] positions, QM31[] weights) {
        int bits = bits();
        try (MemoryScope scratch = host.scope()) {
            long[] spectrum = new long[4];
            long[] plane = new long[4];
            for (int c = 0; c < 4; c++) {
                spectrum[c] = scratch.allocateBase(1L << logN);
                plane[c] = scratch.allocateBase(1L << bits);
            }
            for (int i = 0; i < positions.length; i++) {
                for (int c = 0; c < 4; c++) {
                    Memory.setInt(spectrum[c], positions[i], weights[i].coordinate(c));
                }
            }
            long added = scratch.allocateExt(1L << bits);
            host.run(4, (worker, c) -> {
                kernels.fft().encodeTransposed(plane[c], spectrum[c], bits, logN);
                ExtPlanes.write(added, plane[c], c, 1L << bits);
            });
            kernels.field().addExt(w, w, added, 1L << bits);
        }
    }
}
