package dev.chagres.prove.sumcheck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.poly.Point;
import dev.chagres.poly.Variable;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Shape;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnPartialTest {
    @ParameterizedTest
    @MethodSource("dev.chagres.prove.sumcheck.PartialColumn#kinds")
    void equalsTheClaimAtEveryFreePosition(String low, String high) {
        for (int width : new int[] {16, 32}) {
            check(PartialColumn.of(low, high, width));
        }
    }

    @Test
    void absentTilesAreZero() {
        Axis[] axes = {Axis.low("x0", 4), Axis.low("x1", 4), Axis.high("x2", 3), Axis.high("x3", 3)};
        Shape shape = Shape.causal("x2", "x3", axes);
        Random random = new Random(5);
        for (int mask = 0; mask < 16; mask++) {
            List<String> kinds = new ArrayList<>();
            for (int k = 0; k < 4; k++) {
                kinds.add((mask >> k & 1) == 1 ? "f" : "v");
            }
            check(new PartialColumn(shape, kinds, 16, random));
        }
    }

    private static void check(PartialColumn column) {
        List<Variable> variables = column.variables();
        int bits = variables.stream().mapToInt(Variable::bits).sum();
        try (Arena arena = Arena.ofConfined()) {
            long table = Memory.allocateExt(arena, 1L << bits);
            ColumnPartial.fill(column.factor(), column.data(), table, TestHosts.of(1));
            for (int y = 0; y < 1 << bits; y += bits > 9 ? 17 : 1) {
                QM31[] flat = new QM31[bits];
                for (int i = 0; i < bits; i++) {
                    flat[i] = QM31.of(y >> i & 1);
                }
                QM31 expected = TestTensors.evaluate(
                        column.data(), column.factor().claim(Point.split(variables, flat), PrivateValue.ZERO));
                assertThat(Memory.getExt(table, y)).as("%s at %d", column, y).isEqualTo(expected);
            }
        }
    }
}
