package dev.chagres.graph.op;

import dev.chagres.prove.forgery.TrialGraph;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Graphs of one operation each, of both families of models: those of the operations' own tests.
public final class OperationTrials {
    private OperationTrials() {}

    /// @param name of the operation and what is special about it
    /// @param graph makes it; closed by the caller
    public record Trial(String name, Supplier<TrialGraph> graph) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// All fixtures: short blocks, padded channels, several blocks.
    public static Stream<Trial> all() {
        return Stream.of(new ArgmaxHeadTest(), new AttentionTest(), new EmbeddingTest(), new GatedHiddenTest(),
                new ProjectionTest(), new ResidualWriteTest(), new RmsNormTest(), new RotationTest())
                .flatMap(laws -> laws.fixtures().map(f -> new Trial(
                        f.operation().name() + ", " + f, f::trial)));
    }
}
