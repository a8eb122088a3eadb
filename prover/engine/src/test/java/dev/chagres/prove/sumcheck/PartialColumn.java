package dev.chagres.prove.sumcheck;

import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.Variable;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// A random column, each axis fixed at a random point, free, or partly free.
public final class PartialColumn {
    private final HostTensor data;
    private final ColumnFactor factor;
    private final List<Variable> variables = new ArrayList<>();
    private final String text;

    /// @param kinds of the axes, low ones first: f (fixed), v (variable), l (the lowest half of a low axis variable, the
    ///     rest fixed), c (a high axis, variable, the last position cut off)
    public PartialColumn(Shape shape, List<String> kinds, int width, Random random) {
        List<Axis> axes = new ArrayList<>(shape.lowAxes());
        axes.addAll(shape.highAxes());
        Column column = new Column("c", shape, Column.Tree.WITNESS);
        data = TestTensors.random(shape, width, random);
        factor = ColumnFactor.of(column);
        text = kinds + " of " + axes + ", " + width + " bits";
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
    }

    /// Low axes as bits with their kinds, lowest first; then high axes as counts.
    public static PartialColumn of(String low, String high, int width) {
        List<Axis> axes = new ArrayList<>();
        List<String> kinds = new ArrayList<>();
        for (String s : low.split(" ")) {
            axes.add(Axis.low("x" + axes.size(), Integer.parseInt(s.substring(0, s.length() - 1))));
            kinds.add(s.substring(s.length() - 1));
        }
        for (String s : high.split(" ")) {
            axes.add(Axis.high("x" + axes.size(), Integer.parseInt(s.substring(0, s.length() - 1))));
            kinds.add(s.substring(s.length() - 1));
        }
        Random random = new Random(31L * low.hashCode() + high.hashCode() + width);
        return new PartialColumn(Shape.of(axes.toArray(Axis[]::new)), kinds, width, random);
    }

    /// Arguments of [#of] but the width: every mix of fixed and free axes.
    public static Stream<Arguments> kinds() {
        return Stream.of(
                "7f 5v, 3v", "7l 5v, 3c", "4v 5l, 4c 2v", "6l 6l, 2c", "5f 4l, 5c", "1l 1l, 2c", "5l, 2f", "7f 5v, 3f",
                "5v 7f, 3v", "5v 7f, 3f 2v", "11v, 3f 2f", "11v, 2v 3f", "11f, 5v", "11f, 5f", "5f 3v 4f, 3v",
                "5f 3v 4f, 3f", "5v 3f 4v, 2v", "5f 2v 2f 3v, 3f", "2f 7v, 3v", "2v 9f, 3f", "1f 1v 9f, 3v",
                "0f 6v 0v, 1f 3v", "3f, 2v", "2v 1f, 3v 2f", "4v, 5v", "0v 0f, 3v", "17f 1v, 1f", "4f 4f 4v 4v, 1v 2v")
                .map(s -> Arguments.of((Object[]) s.split(", ")));
    }

    public HostTensor data() {
        return data;
    }

    public ColumnFactor factor() {
        return factor;
    }

    /// The groups of the free axes, low ones first.
    public List<Variable> variables() {
        return variables;
    }

    @Override
    public String toString() {
        return text;
    }
}
