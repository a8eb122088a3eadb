package dev.chagres.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.M31;
import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Reduction;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Section;
import dev.chagres.graph.Width;
import dev.chagres.lookup.Table;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.witness.Tensors;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Projections of one input, some of them plain, with different shifts, and to different numbers of channels, that reduce together.
final class ProjectionReductionTest {
    private static final int ROWS = 150;
    private static final int BOUND = 40;
    private static final int CLAMP = 127;
    private static final Width IN = Width.of(20);
    private static final List<Width> OUT =
            List.of(Width.heads(3, 4), Width.heads(4, 4), Width.heads(1, 4), Width.of(16), Width.heads(5, 4));

    private final RowBlocks rows = RowBlocks.of(ROWS);
    private final LookupTables tables = new LookupTables();
    private final List<Column> keyColumns = new ArrayList<>();
    private final Map<Column, HostTensor> key = new IdentityHashMap<>();
    private final List<Projection> projections = new ArrayList<>();
    private final Column input = new Column("n", MatrixProduct.activation(rows, IN, "k"), Column.Tree.WITNESS);

    /// @param widths of the projections
    private TrialGraph trial(List<Width> widths) {
        GivenRows given = new GivenRows();
        given.add(input, (t, c) -> OperationFixture.isReal(IN, c) ? OperationFixture.random(1, t, c, BOUND) : 0);
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < widths.size(); i++) {
            Width out = widths.get(i);
            int shift = 2 + i;
            Column weight = key("p" + i + ".weight", MatrixProduct.weightShape(IN, out), 16, random);
            Column bias = key("p" + i + ".bias", MatrixProduct.biasShape(out), 32, random);
            int u = (IN.padded() * BOUND * BOUND + BOUND >> shift) + 1;
            MatrixProduct product = new MatrixProduct(input, weight, bias, IN, out);
            if (i % 2 == 1) {
                int yBits = 33 - Integer.numberOfLeadingZeros(u);
                projections.add(Projection.plain("p" + i, rows, product, "j", shift, tables.range(shift),
                        tables.range(yBits), yBits));
                continue;
            }
            Table clamp = tables.function("clamp" + i, -u, 2L * u + 1, M31.P >> shift);
            Column values = LookupTables.storedColumn(clamp, 1);
            key.put(values, TestTensors.zero(values.shape(), 32));
            for (int x = 0; x < key.get(values).size(); x++) {
                key.get(values).set(x, Math.clamp(x - u, -CLAMP, CLAMP));
            }
            projections.add(new Projection("p" + i, rows, product, "j", shift,
                    tables.range(shift), clamp));
        }
        List<Operation> operations = new ArrayList<>(List.of(given));
        operations.addAll(projections);
        keyColumns.addAll(tables.keyColumns());
        Section section = new Section("section", operations, List.of(),
                Reduction.of(operations, List.of(new ProjectionReduction("together", projections))));
        return new TrialGraph(new Graph(keyColumns, List.of(section), tables.all()), key::get, rows.padded(),
                new int[0]);
    }

    private Column key(String name, Shape shape, int bits, SplittableRandom random) {
        Column c = new Column(name, shape, Column.Tree.KEY, bits);
        keyColumns.add(c);
        key.put(c, TestTensors.zero(shape, bits));
        for (long x = 0; x < shape.size(); x++) {
            key.get(c).set(x, random.nextInt(-BOUND, BOUND + 1));
        }
        return c;
    }

    @Test
    void theHonestProofIsAcceptedAndOpensTheInputOnce() {
        try (TrialGraph trial = trial(OUT); Witness witness = trial.evaluate()) {
            assertThat(Lookups.count(trial.graph(), witness)).isEmpty();
            try (ForgedStream stream = stream(trial, witness)) {
                assertThat(trial.verdict(stream.whole())).isEqualTo(TrialGraph.ACCEPTED);
                assertThat(stream.claims()).filteredOn(c -> c.column() == input).hasSize(1);
            }
        }
    }

    private static ForgedStream stream(TrialGraph trial, Witness witness) {
        return new ForgedStream(
                trial.graph(), TrialGraph.PARAMETERS, trial.commitment(), trial.input(), witness, Moves.NONE);
    }

    /// A remainder and a quotient that move together are in their tables, and their accumulator is wrong; so are
    /// errors of two projections that would cancel if their sum were proved.
    @Test
    void noAccumulatorIsWrong() {
        try (TrialGraph trial = trial(List.of(OUT.get(0), OUT.get(0), OUT.get(2)));
                Witness witness = trial.evaluate()) {
            Map<String, HostTensor> tensors = Tensors.of(trial.graph(), witness);
            for (List<Integer> wrong : List.of(List.of(0), List.of(1), List.of(2), List.of(0, 1), List.of(0, 1, 2))) {
                Map<HostTensor, Integer> before = new IdentityHashMap<>();
                int sign = 1;
                for (int p : wrong) {
                    HostTensor remainder = tensors.get("p" + p + ".rem");
                    int value = remainder.get(7);
                    before.put(remainder, value);
                    // Inside the range of the shift, by one, up and down in turn where that is possible.
                    remainder.set(7, value + sign < 0 || value + sign >= 1 << (2 + p) ? value - sign : value + sign);
                    sign = -sign;
                }
                assertThat(Lookups.count(trial.graph(), witness)).isEmpty();
                assertThat(trial.verdictOn(witness)).as("remainders of %s", wrong).isEqualTo("sumcheck/acc");
                before.forEach((tensor, value) -> tensor.set(7, value));
            }
        }
    }
}
