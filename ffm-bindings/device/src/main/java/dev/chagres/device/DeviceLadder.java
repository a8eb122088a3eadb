package dev.chagres.device;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceFftKernels;
import dev.chagres.ffm.DevicePanelKernels;
import dev.chagres.ffm.RowPiece;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.LadderArrays;

/// [LadderArrays] on a device.
final class DeviceLadder implements LadderArrays {
    private static final int COORDINATES = 4;
    /// Bytes of one coordinate of a block of elements.
    private static final long LINE = 4L * Memory.BLOCK;

    private final Workspace space;
    private final DeviceBuffer u;
    private final DeviceBuffer w;
    private final DeviceProductRounds rounds;
    private DeviceBuffer twiddles;
    private int twiddleBits;

    /// @param space that the array belongs to, closed with this
    /// @param u ext array of 2^k elements, overwritten
    /// @param point of k coordinates
    DeviceLadder(Workspace space, DeviceBuffer u, QM31[] point) {
        this.space = space;
        this.u = u;
        this.w = space.regions().ext(1L << point.length);
        this.rounds = new DeviceProductRounds(space, u, w, 1L << point.length);
        space.work().kernels().field().eqTable(w, point, QM31.ONE);
    }

    /// Most bytes of a ladder.
    ///
    /// @param columns what a call for columns of the committed matrices takes
    static long bytes(CommitmentParameters parameters, long columns) {
        long kept = 2 * Device.regionBytes(Memory.extBytes(1L << parameters.k()));
        long most = kept + columns;
        int twiddles = 0;
        int positions = parameters.queries();
        for (int level = 0; level < parameters.levels().size(); level++) {
            int laneBits = parameters.levels().get(level).laneBits();
            int bits = parameters.coefficientBits(level) - laneBits;
            int rows = COORDINATES << laneBits;
            int logN = parameters.codeBits(level + 1);
            for (int needed : new int[] {logN, parameters.codeBits(level)}) {
                kept += needed > twiddles ? Device.regionBytes(DeviceFftKernels.twiddleBytes(needed)) : 0;
                twiddles = Math.max(twiddles, needed);
            }
            kept += Device.regionBytes(Memory.baseBytes((long) rows << bits));
            long layers = DeviceCommittedRows.layerBytes(logN);
            long queried = level == 0 ? columns : DeviceCommittedRows.queryBytes(
                    COORDINATES << parameters.levels().get(level - 1).laneBits(), parameters.codeBits(level), positions);
            long last = DeviceCommittedRows.queryBytes(rows, logN, positions);
            most = Math.max(most, kept + layers + Math.max(Codewords.hashBytes(rows, logN), Math.max(last,
                    Math.max(queried, constraintBytes(parameters.coefficientBits(level), parameters.codeBits(level),
                            positions)))));
            kept += layers;
        }
        return most;
    }

    /// What [#constrain] takes for 2^bits elements.
    private static long constraintBytes(int bits, int logN, int positions) {
        long count = (long) COORDINATES * positions;
        return Device.regionBytes(Memory.baseBytes(count) + count * RowPiece.BYTES + 2 * Device.ALIGNMENT)
                + Device.regionBytes(Memory.baseBytes((long) COORDINATES << logN))
                + Device.regionBytes(Memory.baseBytes(1L << bits)) + Device.regionBytes(Memory.extBytes(1L << bits));
    }

    @Override
    public DeviceProductRounds rounds() {
        return rounds;
    }

    /// log2 of what is left of both arrays.
    private int bits() {
        return Long.numberOfTrailingZeros(rounds.size());
    }

    private DeviceBuffer twiddles(int logN) {
        if (twiddleBits < logN) {
            twiddles = space.regions().bytes(DeviceFftKernels.twiddleBytes(logN));
            space.work().kernels().fft().twiddles(twiddles, logN);
            twiddleBits = logN;
        }
        return twiddles;
    }

    /// Coordinate c of `n` elements of an ext array from element `first` on, both multiples of 16: a line of each
    /// block.
    private static DeviceBuffer lines(DeviceBuffer ext, long first, long n, int c) {
        return ext.slice(first * Memory.EXT_BYTES + c * LINE, Memory.extBytes(n) - (COORDINATES - 1) * LINE);
    }

    private static int blocks(long n) {
        return Math.toIntExact(n / Memory.BLOCK);
    }

    @Override
    public CommittedRows commit(int laneBits, int logN) {
        rounds.settle();
        int bits = bits() - laneBits;
        int rows = COORDINATES << laneBits;
        long n = 1L << bits;
        DevicePanelKernels panel = space.work().kernels().panel();
        // The columns are opened when u has been folded: keep its coordinates.
        DeviceBuffer planes = space.regions().base(rows * n);
        for (int row = 0; row < rows; row++) {
            panel.copy(planes.slice(row * n * Integer.BYTES, n * Integer.BYTES), Memory.BLOCK,
                    lines(u, row / COORDINATES * n, n, row % COORDINATES), COORDINATES * Memory.BLOCK, blocks(n),
                    Memory.BLOCK);
        }
        return new DeviceCommittedRows(space, planes, rows, bits, logN, twiddles(logN));
    }

    @Override
    public void constrain(int logN, int[] positions, QM31[] weights) {
        rounds.settle();
        int bits = bits();
        long n = 1L << bits;
        DeviceWork work = space.work();
        DeviceBuffer factors = twiddles(logN);
        try (DeviceRegions scratch = new DeviceRegions(work)) {
            DeviceBuffer spectra = spectra(scratch, logN, positions, weights);
            DeviceBuffer plane = scratch.base(n);
            DeviceBuffer added = scratch.ext(n);
            for (int c = 0; c < COORDINATES; c++) {
                long bytes = Memory.baseBytes(1L << logN);
                work.kernels().fft().encodeTransposed(plane, spectra.slice(c * bytes, bytes), bits, logN, factors);
                work.kernels().panel().copy(lines(added, 0, n, c), COORDINATES * Memory.BLOCK, plane, Memory.BLOCK,
                        blocks(n), Memory.BLOCK);
            }
            work.kernels().field().addExt(w, w, added, n);
        }
        // What was scratch is free for the next level.
        work.sync();
    }

    /// The coordinates of weights at positions of 2^logN, zeros elsewhere: four base arrays one after another.
    private DeviceBuffer spectra(DeviceRegions scratch, int logN, int[] positions, QM31[] weights) {
        int count = COORDINATES * positions.length;
        int[] words = new int[count];
        for (int i = 0; i < count; i++) {
            words[i] = weights[i / COORDINATES].coordinate(i % COORDINATES);
        }
        Upload upload = new Upload();
        Upload.Region values = upload.ints(words);
        Upload.Region places = upload.add(count * RowPiece.BYTES, to -> {
            for (int i = 0; i < count; i++) {
                long at = ((long) (i % COORDINATES) << logN) + positions[i / COORDINATES];
                new RowPiece((long) i * Integer.BYTES, at, 1, Integer.SIZE).write(to, i);
            }
        });
        DeviceBuffer sent = scratch.own(upload.send(space.work()));
        long elements = (long) COORDINATES << logN;
        DeviceBuffer spectra = scratch.base(elements);
        space.work().stream().fill(spectra, 0);
        space.work().kernels().rows().placePieces(spectra, elements, values.of(sent), places.of(sent), count);
        return spectra;
    }
}
