package dev.chagres.prove.cpu;

import dev.chagres.graph.MatrixProduct;
import dev.chagres.prove.stage.GreedyChoice;
import dev.chagres.prove.stage.RowGeneration;
import dev.chagres.prove.witness.IntegerRun;
import java.util.function.IntConsumer;

/// Rows in memory of the host.
///
/// @param run owned
/// @param logits the product whose rows are logits
public record CpuGeneration(IntegerRun run, MatrixProduct logits) implements RowGeneration {
    @Override
    public void prompt(int rows, IntConsumer each) {
        run.rows(0, rows, each);
    }

    @Override
    public void draft(int row) {
        run.draft(row);
    }

    @Override
    public int choice(int row) {
        return GreedyChoice.of(run, logits, row);
    }

    @Override
    public boolean keepsPrompt() {
        return true;
    }

    @Override
    public void close() {
        run.close();
    }
}
