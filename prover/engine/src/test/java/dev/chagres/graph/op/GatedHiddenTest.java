package dev.chagres.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.M31;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Width;
import dev.chagres.lookup.Table;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.witness.Tensors;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Gated hidden layers with remainders in pairs, in padded pairs and alone.
final class GatedHiddenTest extends OperationLaws {
    private static final int INPUT = 40;
    private static final int WEIGHT = 9;
    private static final int BIAS = 300;
    private static final int ACTIVATION = 900;

    @Override
    Stream<OperationFixture> fixtures() {
        return Stream.of(
                gated("one short block, the smallest pairs", 5, Width.of(20), Width.of(10), 1, 4),
                gated("one block, pairs", 100, Width.of(16), Width.of(16), 4, 9),
                gated("two blocks, three groups, the largest pairs", 150, Width.of(33), Width.of(45), 9, 5),
                gated("three blocks, remainders alone", 257, Width.of(10), Width.of(20), 10, 16));
    }

    private static OperationFixture gated(String what, int rows, Width in, Width hidden, int shift,
            int productShift) {
        OperationFixture f = new OperationFixture(what, rows);
        Column input = f.input("n", in, "k",
                (t, c) -> OperationFixture.isReal(in, c) ? OperationFixture.random(1, t, c, INPUT) : 0);
        f.reads(input, 0, 0);
        f.reads(input, f.rows().padded() - 1, in.size() - 1);
        // Large enough that most values are not 0 after the shifts.
        int scale = 1 << Math.max(0, shift - 4);
        MatrixProduct gate = f.product("gate", input, in, hidden, 2, WEIGHT * scale, BIAS);
        MatrixProduct up = f.product("up", input, in, hidden, 3, WEIGHT * scale, BIAS);
        int bound = (in.size() * INPUT * WEIGHT * scale + BIAS >> shift) + 1;
        Table activation = f.filled(f.tables().function("f", -bound, 2L * bound + 1, M31.P >> shift),
                i -> (int) Math.clamp(i - bound, -ACTIVATION / 10, ACTIVATION));
        int product = (ACTIVATION * bound >> productShift) + 1;
        int clamp = product / 3 + 1;
        Table remainders = f.tables().remainders(shift);
        GatedLookups tables = new GatedLookups(activation, remainders, f.tables().range(16),
                f.tables().range(productShift), f.filled(f.tables().clamp("clamp", -product, 2L * product + 1,
                        M31.P >> productShift, clamp), i -> (int) Math.clamp(i - product, -clamp, clamp)));
        return f.of(new GatedHidden("g", f.rows(), gate, up, shift, tables, productShift));
    }

    /// One range of `gate + 2^s up` would hold remainders that are no pair.
    @Test
    void remaindersDoNotMoveFromOneProductToTheOther() {
        OperationFixture f = gated("pairs", 20, Width.of(16), Width.of(16), 4, 9);
        try (TrialGraph trial = f.trial(); Witness witness = trial.evaluate()) {
            Map<String, HostTensor> data = Tensors.of(trial.graph(), witness);
            HostTensor gate = data.get("g.gateRem");
            HostTensor up = data.get("g.upRem");
            gate.set(3, gate.get(3) + 16);
            up.set(3, up.get(3) - 1);
            assertThat(Lookups.count(trial.graph(), witness)).hasSize(1);
            assertThat(trial.verdictOn(witness)).isNotEqualTo(TrialGraph.ACCEPTED);
        }
    }

    @Test
    void aPairOfRemaindersInItsTableIsStillForced() {
        OperationFixture f = gated("pairs", 20, Width.of(16), Width.of(16), 4, 9);
        try (TrialGraph trial = f.trial(); Witness witness = trial.evaluate()) {
            HostTensor up = Tensors.of(trial.graph(), witness).get("g.upRem");
            up.set(5, up.get(5) ^ 1);
            assertThat(Lookups.count(trial.graph(), witness)).isEmpty();
            assertThat(trial.verdictOn(witness)).isEqualTo("sumcheck/acc");
        }
    }

    @Test
    void aProductOfOtherFactorsIsNoticed() {
        OperationFixture f = gated("pairs", 20, Width.of(16), Width.of(16), 4, 9);
        try (TrialGraph trial = f.trial(); Witness witness = trial.evaluate()) {
            HostTensor rem = Tensors.of(trial.graph(), witness).get("g.rem");
            rem.set(5, rem.get(5) ^ 1);
            assertThat(Lookups.count(trial.graph(), witness)).isEmpty();
            assertThat(trial.verdictOn(witness)).isEqualTo("sumcheck/gate");
        }
    }

    @Test
    void productsOfDifferentWidthsAreRefused() {
        OperationFixture f = new OperationFixture("", 5);
        Column input = f.input("n", Width.of(16), "k", (_, _) -> 0);
        MatrixProduct gate = f.product("gate", input, Width.of(16), Width.of(16), 2, 1, 1);
        MatrixProduct up = f.product("up", input, Width.of(16), Width.of(20), 3, 1, 1);
        Table range = f.tables().range(4);
        assertThatThrownBy(() -> new GatedHidden("g", f.rows(), gate, up, 4,
                new GatedLookups(range, range, range, range, range), 4))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("width");
    }
}
