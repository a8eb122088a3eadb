package dev.chagres.prove.sumcheck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.Point;
import dev.chagres.poly.Variable;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnPartialTest {
    /// Low axes as bits with f (fixed), v (variable) or l (the lowest half variable, the rest fixed), lowest first; then
    /// high axes as counts with f, v or c (variable, the last position cut off).
    @ParameterizedTest
    @CsvSource({
        "7f 5v, 3v", "7l 5v, 3c", "4v 5l, 4c 2v", "6l 6l, 2c", "5f 4l, 5c", "1l 1l, 2c", "5l, 2f", "7f 5v, 3f", "5v 7f, 3v", "5v 7f, 3f 2v", "11v, 3f 2f", "11v, 2v 3f", "11f, 5v", "11f, 5f",
        "5f 3v 4f, 3v", "5f 3v 4f, 3f", "5v 3f 4v, 2v", "5f 2v 2f 3v, 3f", "2f 7v, 3v", "2v 9f, 3f", "1f 1v 9f, 3v",
        "0f 6v 0v, 1f 3v", "3f, 2v", "2v 1f, 3v 2f", "4v, 5v", "0v 0f, 3v", "17f 1v, 1f", "4f 4f 4v 4v, 1v 2v"})
    void equalsTheClaimAtEveryFreePosition(String low, String high) {
        Random random = new Random(31 * low.hashCode() + high.hashCode());
        List<Axis> axes = new ArrayList<>();
        List<String> kinds = new ArrayList<>();
        for (String s : low.trim().split(" ")) {
            axes.add(Axis.low("x" + axes.size(), Integer.parseInt(s.substring(0, s.length() - 1))));
            kinds.add(s.substring(s.length() - 1));
        }
        for (String s : high.trim().split(" ")) {
            axes.add(Axis.high("x" + axes.size(), Integer.parseInt(s.substring(0, s.length() - 1))));
            kinds.add(s.substring(s.length() - 1));
        }
        for (int width : new int[] {16, 32}) {
            check(Shape.of(axes.toArray(Axis[]::new)), kinds, width, random);
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
            check(shape, kinds, 16, random);
        }
    }

    private static void check(Shape shape, List<String> kinds, int width, Random random) {
        Column column = new Column("c", shape, Column.Tree.WITNESS);
        HostTensor data = TestTensors.random(shape, width, random);
        ColumnFactor factor = ColumnFactor.of(column);
        List<Axis> axes = new ArrayList<>(shape.lowAxes());
        axes.addAll(shape.highAxes());
        List<Variable> variables = new ArrayList<>();
        for (int k = 0; k < axes.size(); k++) {
            Axis a = axes.get(k);
            switch (kinds.get(k)) {
                case "f" -> factor.fix(a.name(), TestTensors.elements(random, a.bits()));
                case "l" -> {
                    variables.add(new Variable(a.name(), a.bits() / 2));
                    factor.bindLower(a.name(), variables.getLast(),
                            TestTensors.elements(random, a.bits() - a.bits() / 2));
                }
                case "c" -> {
                    variables.add(new Variable(a.name(), Axis.ceilLog2(a.count() - 1)));
                    factor.bindFirst(a.name(), variables.getLast(), a.count() - 1);
                }
                default -> {
                    variables.add(new Variable(a.name(), a.bits()));
                    factor.bind(a.name(), variables.getLast());
                }
            }
        }
        int bits = variables.stream().mapToInt(Variable::bits).sum();
        try (Arena arena = Arena.ofConfined()) {
            long table = Memory.allocateExt(arena, 1L << bits);
            ColumnPartial.fill(factor, data, table, TestHosts.of(1));
            for (int y = 0; y < 1 << bits; y += bits > 9 ? 17 : 1) {
                QM31[] flat = new QM31[bits];
                for (int i = 0; i < bits; i++) {
                    flat[i] = QM31.of(y >> i & 1);
                }
                QM31 expected = TestTensors.evaluate(data, factor.claim(Point.split(variables, flat), QM31.ZERO));
                assertThat(Memory.getExt(table, y)).as("%s of %s at %d", kinds, axes, y).isEqualTo(expected);
            }
        }
    }
}
