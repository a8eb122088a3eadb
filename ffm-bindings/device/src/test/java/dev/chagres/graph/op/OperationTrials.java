package dev.chagres.graph.op;

import dev.chagres.graph.Width;
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

    /// Attention of heads that each have their keys; closed by the caller.
    public static TrialGraph attention(int rows, int heads) {
        return AttentionTest.attention("heads side by side", rows, Width.heads(heads, 3), 12, 0.05).trial();
    }

    /// One projection, whose weights lie in as many tiles as the widths say; closed by the caller.
    public static TrialGraph projection(int rows, Width in, Width out) {
        return ProjectionTest.projection("weights in tiles", rows, in, out, 6).trial();
    }
}
