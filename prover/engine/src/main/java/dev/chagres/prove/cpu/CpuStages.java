package dev.chagres.prove.cpu;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.field.QM31;
import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.lookup.Lookup;
import dev.chagres.prove.commit.ChunkHasher;
import dev.chagres.prove.commit.LocalOpening;
import dev.chagres.prove.commit.LocalPasses;
import dev.chagres.prove.commit.NonceSearch;
import dev.chagres.prove.commit.RowEncoder;
import dev.chagres.prove.data.TensorEvaluation;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.lookup.CpuFractionTree;
import dev.chagres.prove.lookup.LookupCounters;
import dev.chagres.prove.lookup.MultiplicityCounter;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.LookupCounting;
import dev.chagres.prove.stage.OpeningArrays;
import dev.chagres.prove.stage.OpeningPasses;
import dev.chagres.prove.stage.RowGeneration;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.stage.SectionEvaluation;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.prove.stage.StatementRounds;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.prove.stage.WitnessData;
import dev.chagres.prove.sumcheck.CpuStatementRounds;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.List;
import java.util.function.Function;

/// All stages with the kernels, the memory and the threads of a host.
///
/// @param host that computes
public record CpuStages(Host host) implements Stages {
    @Override
    public String name() {
        return "cpu " + host.kernels().name();
    }

    @Override
    public SectionEvaluation evaluation(Graph graph, WitnessData witness, int[] tokens) {
        return new IntegerRun(graph, witness, tokens, host);
    }

    @Override
    public RowGeneration generation(Graph graph, MatrixProduct logits, WitnessData witness, int[] tokens) {
        return new CpuGeneration(new IntegerRun(graph, witness, tokens, host), logits);
    }

    @Override
    public LookupCounting counting(Graph graph, WitnessData witness) {
        return new LookupCounters(graph, witness, host);
    }

    @Override
    public TableCounts counts(List<Lookup> lookups, TensorData data) {
        return new MultiplicityCounter(data::of, data::of, host).counts(lookups);
    }

    @Override
    public FractionTree tree(LeafProgram leaves) {
        return CpuFractionTree.of(leaves, host);
    }

    @Override
    public StatementRounds statement(StatementProgram program, Function<Column, ? extends IntTensor> data) {
        return new CpuStatementRounds(program, data, host);
    }

    @Override
    public QM31 evaluate(IntTensor data, Shape shape, TilePoint at) {
        return TensorEvaluation.evaluate(data, shape, at.low(), at.weights(), host);
    }

    @Override
    public RowHasher rows(MatrixLayout layout, TileSource source, int logN) {
        RowEncoder encoder = RowEncoder.of(layout, source, host.kernels(), logN);
        return new ChunkHasher(encoder, layout.rows(), layout.k(), logN, host);
    }

    @Override
    public OpeningPasses passes(AddressSpace space, TileSource source, int head) {
        return new LocalPasses(host, space, source, head);
    }

    @Override
    public OpeningArrays opening(AddressSpace space, int head) {
        return new LocalOpening(host, space, head);
    }

    @Override
    public long nonce(byte[] state, String tag, int bits) {
        return NonceSearch.least(state, tag, bits, host);
    }
}
