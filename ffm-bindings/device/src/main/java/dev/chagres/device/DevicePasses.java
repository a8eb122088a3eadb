package dev.chagres.device;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.ffm.ClaimTerm;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceRowKernels;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.OpeningPasses;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.stage.StageMemory;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Eq;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The passes of an opening on a device: sixteen rows at a time are copied there, and results stay. Keeps what it
/// has prepared for a set of claims until it is closed, sees other claims or combines rows, which comes when all ranges
/// are folded.
final class DevicePasses implements OpeningPasses {
    private final DeviceSite site;
    private final Host host;
    private final AddressSpace space;
    private final TileSource source;
    private final int head;
    private final Set<Piece> zeros = ConcurrentHashMap.newKeySet();
    private List<List<Piece>> ranges;
    private QM31 preparedFor;
    private DeviceClaims prepared;

    /// @param space where the values lie
    /// @param source of the values
    /// @param head log2 of the values that a group sums, at most the room of the smallest piece
    DevicePasses(DeviceSite site, Host host, AddressSpace space, TileSource source, int head) {
        this.site = site;
        this.host = host;
        this.space = space;
        this.source = source;
        this.head = head;
    }

    /// Most bytes of the passes over any one range.
    static StageMemory.Passes bytes(AddressSpace space, int head, List<Claim> claims) {
        DeviceClaims.Places places = new DeviceClaims.Places(BatchedClaims.of(space, claims, QM31.ONE), head);
        long cells = (long) places.groups().size() << head;
        long sums = Device.regionBytes(cells * DeviceRowKernels.CELL_BYTES);
        long summed = Device.regionBytes(Memory.extBytes(cells));
        long perRow = 1L << space.k() - head;
        long fold = Device.regionBytes(Memory.extBytes(1L << head));
        long folded = Device.regionBytes(Memory.extBytes(2 * RowRanges.ROWS * perRow));
        long weights = 0;
        for (List<Piece> range : new RowRanges(space).pieces()) {
            weights = Math.max(weights, weightBytes(range, places, head));
        }
        long combine = Device.regionBytes(Memory.extBytes(1L << space.rowBits()));
        long combined = Device.regionBytes(Memory.extBytes(1L << space.k()));
        long range = RowBlock.bytes(space.k(), RowBlock.ROWS) + Math.max(combine, weights + Math.max(sums, fold));
        long joined = Math.max(combined, Math.max(DeviceOpening.headBytes(places.groups().size(), head),
                DeviceOpening.foldedBytes(space, head)));
        return new StageMemory.Passes(places.bytes(), range, Math.max(combined, Math.max(summed, folded)), joined);
    }

    /// Terms and runs of a range, by groups for the sums, or all together for the weights.
    private static long weightBytes(List<Piece> range, DeviceClaims.Places places, int head) {
        long terms = 0;
        long runs = 0;
        for (Piece piece : range) {
            List<DeviceClaims.Part> parts = places.parts(piece.column());
            terms += parts.size();
            runs += parts.stream().mapToInt(DeviceClaims.Part::group).distinct().count()
                    * ClaimRuns.count(1L << piece.bits() - head);
        }
        // The sums send those of sixteen rows at a time, each in regions of its own.
        return ClaimRuns.bytes(runs, terms) + 2L * Device.ALIGNMENT * RowRanges.ROWS / RowBlock.ROWS;
    }

    /// gamma is drawn after the claims are fixed, so it names them.
    private synchronized DeviceClaims claims(List<Claim> claims, QM31 gamma) {
        if (!gamma.equals(preparedFor)) {
            close();
            prepared = new DeviceClaims(site, BatchedClaims.of(space, claims, gamma), head);
            preparedFor = gamma;
        }
        return prepared;
    }

    /// The pieces of every range at their addresses in the space, row by row.
    private synchronized List<List<Piece>> ranges() {
        if (ranges == null) {
            ranges = new RowRanges(space).pieces();
        }
        return ranges;
    }

    /// What walks through the rows of a range for one call.
    private final class Walk implements AutoCloseable {
        private final DeviceWork work = site.work();
        private final DeviceRegions regions = new DeviceRegions(work);
        private final MemoryScope scope = host.scope();
        private final List<Piece> pieces;
        private final int end;
        private RowBlock block;
        private int row;
        private int next;
        /// Pieces of the rows that were loaded last.
        private List<Piece> loaded = List.of();

        Walk(int range) {
            pieces = ranges().get(range);
            row = range * RowRanges.ROWS - RowBlock.ROWS;
            end = Math.min(space.rows(), (range + 1) * RowRanges.ROWS);
        }

        /// Loads the next rows, [RowBlock#ROWS] of them, zeros past the last row; false if there are none.
        boolean advance() {
            row += RowBlock.ROWS;
            if (row >= end) {
                return false;
            }
            if (block == null) {
                block = new RowBlock(source, zeros, space.k(), RowBlock.ROWS, work, regions, scope);
            }
            int from = next;
            while (next < pieces.size() && pieces.get(next).address() >>> space.k() < row + RowBlock.ROWS) {
                next++;
            }
            loaded = pieces.subList(from, next);
            block.load(loaded, first());
            return true;
        }

        /// Address of the first row that is loaded.
        long first() {
            return (long) row << space.k();
        }

        @Override
        public void close() {
            try (work; regions) {
                scope.close();
            }
        }
    }

    @Override
    public PassResult headSums(int range, List<Claim> claims, QM31 gamma) {
        DeviceClaims all = claims(claims, gamma);
        return DeviceResult.make(site, host, ((long) all.groups().size() << head) * Memory.EXT_BYTES,
                result -> headSums(result, range, all));
    }

    private void headSums(DeviceBuffer result, int range, DeviceClaims all) {
        int groups = all.groups().size();
        long elements = (long) groups << head;
        if (elements == 0) {
            return;
        }
        try (Walk walk = new Walk(range)) {
            DeviceRowKernels kernels = walk.work.kernels().rows();
            DeviceBuffer sums = walk.regions.bytes(elements * DeviceRowKernels.CELL_BYTES);
            walk.work.stream().fill(sums, 0);
            while (walk.advance()) {
                ClaimRuns runs = new ClaimRuns();
                for (Piece piece : walk.loaded) {
                    if (!walk.block.isZero(piece)) {
                        addGroups(runs, piece, walk.first(), all.parts(piece.column()));
                    }
                }
                if (!runs.isEmpty()) {
                    kernels.addHeadSums(sums, groups, walk.block.rows(), walk.block.elements(), head,
                            runs.send(all, walk.regions, walk.scope));
                }
            }
            kernels.reduceSums(result, sums, elements);
        }
    }

    /// A run for every group of claims about a piece.
    private void addGroups(ClaimRuns runs, Piece piece, long first, List<DeviceClaims.Part> parts) {
        for (int i = 0; i < parts.size();) {
            int group = parts.get(i).group();
            List<ClaimTerm> terms = new ArrayList<>();
            for (; i < parts.size() && parts.get(i).group() == group; i++) {
                addTerm(terms, parts.get(i), piece, QM31.ONE);
            }
            runs.add(piece.address() - first, 1 << head, 1L << piece.bits() - head, group, terms);
        }
    }

    private static void addTerm(List<ClaimTerm> terms, DeviceClaims.Part part, Piece piece, QM31 factor) {
        QM31 weight = part.term().weight(piece.index());
        if (!weight.isZero()) {
            terms.add(new ClaimTerm(weight.mul(factor), part.table()));
        }
    }

    @Override
    public PassResult fold(int range, List<Claim> claims, QM31 gamma, QM31[] low) {
        DeviceClaims all = claims(claims, gamma);
        long perRow = 1L << space.k() - head;
        return DeviceResult.make(site, host, 2 * RowRanges.ROWS * perRow * Memory.EXT_BYTES,
                result -> fold(result, range, all, low));
    }

    private void fold(DeviceBuffer result, int range, DeviceClaims all, QM31[] low) {
        long perRow = 1L << space.k() - head;
        long elements = RowRanges.ROWS * perRow;
        try (Walk walk = new Walk(range)) {
            walk.work.stream().fill(result, 0);
            DeviceBuffer w = result.slice(elements * Memory.EXT_BYTES, elements * Memory.EXT_BYTES);
            ClaimRuns runs = weights(range, all, low);
            if (!runs.isEmpty()) {
                walk.work.kernels().rows().claimWeights(w, elements, runs.send(all, walk.regions, walk.scope));
            }
            DeviceBuffer eq = walk.regions.ext(1L << head);
            walk.work.kernels().field().eqTable(eq, low, QM31.ONE);
            long block = RowBlock.ROWS * perRow;
            for (long at = 0; walk.advance(); at += block) {
                DeviceBuffer f = result.slice(at * Memory.EXT_BYTES, block * Memory.EXT_BYTES);
                walk.work.kernels().rows().foldRows(f, walk.block.rows(), block, head, eq);
            }
        }
    }

    /// W of a range, folded over the head variables.
    private ClaimRuns weights(int range, DeviceClaims all, QM31[] low) {
        QM31[] factors = all.groups().stream().map(z -> Eq.eval(z, low)).toArray(QM31[]::new);
        long first = (long) range * RowRanges.ROWS << space.k() - head;
        ClaimRuns runs = new ClaimRuns();
        for (Piece piece : ranges().get(range)) {
            List<ClaimTerm> terms = new ArrayList<>();
            for (DeviceClaims.Part part : all.parts(piece.column())) {
                addTerm(terms, part, piece, factors[part.group()]);
            }
            runs.add((piece.address() >>> head) - first, 1, 1L << piece.bits() - head, 0, terms);
        }
        return runs;
    }

    @Override
    public PassResult combine(int range, QM31[] row) {
        close();
        return DeviceResult.make(site, host, Memory.extBytes(1L << space.k()), result -> combine(result, range, row));
    }

    private void combine(DeviceBuffer result, int range, QM31[] row) {
        long slots = 1L << space.k();
        try (Walk walk = new Walk(range)) {
            DeviceBuffer weights = walk.regions.ext(1L << row.length);
            walk.work.kernels().field().eqTable(weights, row, QM31.ONE);
            walk.work.stream().fill(result, 0);
            while (walk.advance()) {
                // Rows past the last one are zeros, and their weights may be missing.
                int count = Math.min(RowBlock.ROWS, walk.end - walk.row);
                DeviceBuffer w = weights.slice((long) walk.row * Memory.EXT_BYTES, Memory.extBytes(count));
                walk.work.kernels().field().combineRows(result, walk.block.rows(), slots, slots, w, count);
            }
        }
    }

    @Override
    public synchronized void close() {
        if (prepared != null) {
            DeviceClaims old = prepared;
            prepared = null;
            preparedFor = null;
            old.close();
        }
    }
}
