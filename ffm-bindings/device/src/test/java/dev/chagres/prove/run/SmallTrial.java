package dev.chagres.prove.run;

import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Width;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.tensor.Column;
import java.util.List;

/// The graph of several sections that the provers' own tests use.
public final class SmallTrial {
    private SmallTrial() {}

    /// Attention, an MLP and a head over two blocks of rows; closed by the caller.
    public static TrialGraph open() {
        return SmallGraph.compile().trial();
    }

    /// The product whose rows are logits.
    public static MatrixProduct logits(TrialGraph trial) {
        Column input = activations(trial).stream().filter(c -> c.name().startsWith("norm3.")).findFirst().orElseThrow();
        return new MatrixProduct(input, key(trial, "head.weight"), key(trial, "head.bias"), Width.of(16), Width.of(20));
    }

    /// A column of the key.
    public static Column key(TrialGraph trial, String name) {
        return trial.graph().keyColumns().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    }

    private static List<Column> activations(TrialGraph trial) {
        return trial.graph().operations().stream().map(Operation::activations).flatMap(List::stream).toList();
    }
}
