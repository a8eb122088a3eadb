package dev.chagres.device;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.field.QM31;
import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.lookup.Lookup;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.LookupCounting;
import dev.chagres.prove.stage.OpeningArrays;
import dev.chagres.prove.stage.OpeningPasses;
import dev.chagres.prove.stage.RowGeneration;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.stage.SectionEvaluation;
import dev.chagres.prove.stage.StageMemory;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.prove.stage.StatementRounds;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.prove.stage.WitnessData;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// All stages on one device; what it does not do itself is done by the processor's stages.
final class DeviceStages implements Stages {
    private final DeviceSite site;
    private final Host host;
    private final Stages cpu;
    private final DeviceCounts counts;

    /// @param host whose memory and threads the stages use beside the device
    /// @param cpu the processor's stages on that host
    DeviceStages(DeviceSite site, Host host, Stages cpu) {
        this.site = site;
        this.host = host;
        this.cpu = cpu;
        this.counts = new DeviceCounts(site, cpu);
    }

    DeviceSite site() {
        return site;
    }

    @Override
    public String name() {
        return site.name();
    }

    @Override
    public Optional<StageMemory> memory() {
        return Optional.of(new DeviceMemory(site.device().capacity()));
    }

    @Override
    public SectionEvaluation evaluation(Graph graph, WitnessData witness, int[] tokens) {
        return new DeviceInference(graph, witness, tokens, site, host, cpu);
    }

    @Override
    public RowGeneration generation(Graph graph, MatrixProduct logits, WitnessData witness, int[] tokens) {
        return new DeviceGeneration(graph, logits, witness, tokens, site, host, cpu);
    }

    @Override
    public LookupCounting counting(Graph graph, WitnessData witness) {
        return new DeviceCounting(graph, witness, site, counts);
    }

    @Override
    public TableCounts counts(List<Lookup> lookups, TensorData data) {
        return counts.counts(lookups, data);
    }

    @Override
    public FractionTree tree(LeafProgram leaves) {
        return site.tensors().withRoom(() -> DeviceTree.of(leaves, site));
    }

    @Override
    public StatementRounds statement(StatementProgram program, Function<Column, ? extends IntTensor> data) {
        StatementCode code = StatementCode.of(program);
        return site.tensors().withRoom(() -> new DeviceStatement(program, code, data, site));
    }

    @Override
    public QM31 evaluate(IntTensor data, Shape shape, TilePoint at) {
        return site.tensors().withRoom(() -> DeviceEvaluation.evaluate(data, shape, at, site));
    }

    @Override
    public RowHasher rows(MatrixLayout layout, TileSource source, int logN) {
        return new DeviceRows(site, host, layout, source, logN, cpu.rows(layout, source, logN));
    }

    @Override
    public OpeningPasses passes(AddressSpace space, TileSource source, int head) {
        return new DevicePasses(site, host, space, source, head);
    }

    @Override
    public OpeningArrays opening(AddressSpace space, int head) {
        return new DeviceOpening(site, host, space, head);
    }

    @Override
    public long nonce(byte[] state, String tag, int bits) {
        return DeviceNonce.least(site, state, tag, bits);
    }
}
