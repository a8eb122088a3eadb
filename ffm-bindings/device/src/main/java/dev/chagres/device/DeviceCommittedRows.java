package dev.chagres.device;

import dev.chagres.commit.MerkleProof;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceHashKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.transcript.HashContexts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.List;

/// Rows on a device under a Merkle tree that is there as well, all of its layers. Codewords are made again when columns
/// are opened.
final class DeviceCommittedRows implements CommittedRows {
    private static final int NODE = MerkleProof.NODE_BYTES;
    private static final int NODE_WORDS = NODE / Integer.BYTES;

    private final Workspace space;
    private final DeviceBuffer coefficients;
    private final int rows;
    private final int logK;
    private final int logN;
    private final DeviceBuffer twiddles;
    /// The root first.
    private final List<DeviceBuffer> layers;

    /// @param space that the rows belong to and that the tree stays in
    /// @param coefficients of `rows` rows, 2^logK each, one after another
    /// @param logN log2 of the code length
    /// @param twiddles of that
    DeviceCommittedRows(Workspace space, DeviceBuffer coefficients, int rows, int logK, int logN,
            DeviceBuffer twiddles) {
        this.space = space;
        this.coefficients = coefficients;
        this.rows = rows;
        this.logK = logK;
        this.logN = logN;
        this.twiddles = twiddles;
        try (DeviceRegions scratch = new DeviceRegions(space.work())) {
            this.layers = layers(codewords(scratch).hash());
        }
        // What was scratch is free for the opening.
        space.work().sync();
    }

    /// All layers of a tree.
    static long layerBytes(int logN) {
        long bytes = 0;
        for (int layer = 0; layer <= logN; layer++) {
            bytes += Device.regionBytes((long) NODE << layer);
        }
        return bytes;
    }

    /// What queries take, their columns or their proof.
    static long queryBytes(int rows, int logN, int positions) {
        long words = Memory.baseBytes((long) positions * logN * NODE_WORDS) + logN * Memory.baseBytes(1);
        return Math.max(Codewords.columnBytes(rows, logN, Math.min(rows, RowHasher.BLOCK_ROWS), positions),
                2 * Device.regionBytes(words));
    }

    private Codewords codewords(DeviceRegions scratch) {
        return new Codewords(space.work(), scratch, new Codewords.Shape(rows, logK, logN, twiddles),
                Math.min(rows, RowHasher.BLOCK_ROWS), this::rows);
    }

    private DeviceBuffer rows(int row, int count) {
        long bytes = Memory.baseBytes(1L << logK);
        return coefficients.slice(row * bytes, count * bytes);
    }

    private List<DeviceBuffer> layers(DeviceBuffer state) {
        DeviceHashKernels hash = space.work().kernels().hash();
        ArrayDeque<DeviceBuffer> all = new ArrayDeque<>();
        all.push(space.regions().bytes((long) NODE << logN));
        hash.storeColumns(all.peek(), state, 1L << logN, NODE);
        for (int layer = logN - 1; layer >= 0; layer--) {
            DeviceBuffer nodes = space.regions().bytes((long) NODE << layer);
            hash.hashPairs(HashContexts.NODE, nodes, all.peek(), 1L << layer, NODE);
            all.push(nodes);
        }
        return List.copyOf(all);
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public byte[] root() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment root = arena.allocate(NODE);
            space.work().stream().out(root, layers.getFirst());
            return root.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Override
    public int[][] columns(int[] positions) {
        try (DeviceRegions scratch = new DeviceRegions(space.work())) {
            return codewords(scratch).columns(positions);
        }
    }

    /// Siblings of one layer, and where their words are among those that are looked up.
    private record Run(int layer, int from, int to, long at) {
        long words() {
            return (long) (to - from) * NODE_WORDS;
        }

        long end() {
            return at + Memory.padded(words());
        }
    }

    @Override
    public byte[] proof(int[] positions) {
        int[] siblings = MerkleProof.siblings(logN, positions);
        ArrayDeque<Run> runs = new ArrayDeque<>();
        for (int i = 0; i < siblings.length;) {
            int from = i;
            int layer = layer(siblings[from]);
            while (i < siblings.length && layer(siblings[i]) == layer) {
                i++;
            }
            runs.add(new Run(layer, from, i, runs.isEmpty() ? 0 : runs.getLast().end()));
        }
        byte[] proof = new byte[siblings.length * NODE];
        if (runs.isEmpty()) {
            return proof;
        }
        int[] wanted = new int[Math.toIntExact(runs.getLast().end())];
        for (Run run : runs) {
            for (int i = 0; i < run.words(); i++) {
                int node = siblings[run.from + i / NODE_WORDS] - (1 << run.layer);
                wanted[(int) run.at + i] = node * NODE_WORDS + i % NODE_WORDS;
            }
        }
        try (DeviceRegions scratch = new DeviceRegions(space.work()); Arena arena = Arena.ofConfined()) {
            DeviceBuffer index = scratch.ints(wanted);
            DeviceBuffer found = scratch.base(wanted.length);
            for (Run run : runs) {
                long at = run.at * Integer.BYTES;
                long bytes = Memory.baseBytes(run.words());
                space.work().kernels().integer().lookup(found.slice(at, bytes), layers.get(run.layer), 0,
                        (long) NODE_WORDS << run.layer, index.slice(at, bytes), run.words());
            }
            MemorySegment seen = arena.allocate(Memory.baseBytes(wanted.length));
            space.work().stream().out(seen, found);
            for (Run run : runs) {
                MemorySegment.copy(seen, ValueLayout.JAVA_BYTE, run.at * Integer.BYTES, proof, run.from * NODE,
                        (run.to - run.from) * NODE);
            }
        }
        return proof;
    }

    private static int layer(int heapNumber) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(heapNumber);
    }
}
