package dev.chagres.device;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.ffm.Device;
import dev.chagres.graph.Graph;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.StageMemory;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.List;
import java.util.function.Function;

/// What each stage of a device says that it takes of the slab.
///
/// @param capacity bytes of the slab
record DeviceMemory(long capacity) implements StageMemory {
    /// The free list cuts the smallest region that fits, so pieces that are too small for anything lie between those
    /// in use. A part of the bytes in use is reckoned for them, and a few regions.
    private static final int PIECES = 8;
    private static final long LEAST_ROOM = 64 * Device.ALIGNMENT;

    @Override
    public long evaluation(Graph graph, TensorData data) {
        return DeviceInference.bytes(graph, data);
    }

    @Override
    public long section(Graph graph, int section, TensorData data) {
        return DeviceInference.sectionBytes(graph, section, data);
    }

    @Override
    public long generation(Graph graph) {
        return DeviceGeneration.activationBytes(graph);
    }

    @Override
    public long counting(List<Table> tables) {
        return tables.stream().mapToLong(TableCounters::bytes).sum();
    }

    @Override
    public long counts(List<Lookup> lookups, TensorData data) {
        return DeviceCounts.bytes(lookups, data);
    }

    @Override
    public long tree(LeafProgram leaves) {
        return DeviceTree.bytes(leaves);
    }

    @Override
    public long statement(StatementProgram program, Function<Column, ? extends IntTensor> data) {
        return DeviceStatement.bytes(program, StatementCode.of(program), data);
    }

    @Override
    public long evaluate(IntTensor data, Shape shape, TilePoint at) {
        return DeviceEvaluation.bytes(data, shape, at);
    }

    @Override
    public Rows rows(MatrixLayout layout, int logN, int positions) {
        return DeviceRows.bytes(layout, logN, positions);
    }

    @Override
    public Passes passes(AddressSpace space, int head, List<Claim> claims) {
        return DevicePasses.bytes(space, head, claims);
    }

    @Override
    public long ladder(CommitmentParameters parameters, long columns) {
        return DeviceLadder.bytes(parameters, columns);
    }

    @Override
    public long room(long bytes) {
        return Device.regionBytes(bytes + bytes / PIECES + LEAST_ROOM);
    }
}
