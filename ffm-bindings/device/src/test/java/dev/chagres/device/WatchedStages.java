package dev.chagres.device;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.field.QM31;
import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.lookup.Lookup;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.StagesProvider;
import dev.chagres.prove.profile.DeviceMeter;
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
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// The processor's stages beside a device, which write down what they are asked for.
///
/// @param stages that do it
/// @param asked names of the stages, safe for several threads. Rows are not among them: a device asks for a hasher to
///     merge chaining values with, and for nothing else
record WatchedStages(Stages stages, List<String> asked) implements Stages {
    /// The emulated device over watched stages.
    record Provider(List<String> asked) implements StagesProvider {
        @Override
        public boolean knows(String device) {
            return device.equals("emulated");
        }

        @Override
        public Place open(String device, OptionalLong bytes) {
            Place place = new DeviceProvider().open(device, bytes);
            return new Place() {
                @Override
                public String name() {
                    return place.name();
                }

                @Override
                public Stages stages(Host host, Stages cpu) {
                    return place.stages(host, new WatchedStages(cpu, asked));
                }

                @Override
                public Optional<Fault> fault(Throwable thrown) {
                    return place.fault(thrown);
                }

                @Override
                public DeviceMeter meter() {
                    return place.meter();
                }

                @Override
                public void close() {
                    place.close();
                }
            };
        }
    }

    @Override
    public String name() {
        return stages.name();
    }

    @Override
    public SectionEvaluation evaluation(Graph graph, WitnessData witness, int[] tokens) {
        asked.add("evaluation");
        return stages.evaluation(graph, witness, tokens);
    }

    @Override
    public RowGeneration generation(Graph graph, MatrixProduct logits, WitnessData witness, int[] tokens) {
        asked.add("generation");
        return stages.generation(graph, logits, witness, tokens);
    }

    @Override
    public LookupCounting counting(Graph graph, WitnessData witness) {
        asked.add("counting");
        return stages.counting(graph, witness);
    }

    @Override
    public TableCounts counts(List<Lookup> lookups, TensorData data) {
        asked.add("counts");
        return stages.counts(lookups, data);
    }

    @Override
    public FractionTree tree(LeafProgram leaves) {
        asked.add("tree");
        return stages.tree(leaves);
    }

    @Override
    public StatementRounds statement(StatementProgram program, Function<Column, ? extends IntTensor> data) {
        asked.add("statement");
        return stages.statement(program, data);
    }

    @Override
    public QM31 evaluate(IntTensor data, Shape shape, TilePoint at) {
        asked.add("evaluate");
        return stages.evaluate(data, shape, at);
    }

    @Override
    public RowHasher rows(MatrixLayout layout, TileSource source, int logN) {
        return stages.rows(layout, source, logN);
    }

    @Override
    public OpeningPasses passes(AddressSpace space, TileSource source, int head) {
        asked.add("passes");
        return stages.passes(space, source, head);
    }

    @Override
    public OpeningArrays opening(AddressSpace space, int head) {
        asked.add("opening");
        return stages.opening(space, head);
    }

    @Override
    public long nonce(byte[] state, String tag, int bits) {
        asked.add("nonce");
        return stages.nonce(state, tag, bits);
    }
}
