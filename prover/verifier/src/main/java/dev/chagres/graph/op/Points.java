package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.Variable;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Moving points and tile weights between shapes.
public final class Points {
    private Points() {}

    /// The coordinates of one low axis inside a tile point.
    static QM31[] low(Shape shape, String axis, QM31[] point) {
        int at = shape.lowOffset(axis);
        return Arrays.copyOfRange(point, at, at + shape.axis(axis).bits());
    }

    /// Coordinates of `to`'s low axes, read from a point of `from`.
    public static QM31[] lowPoint(Shape from, QM31[] point, Shape to) {
        Map<String, QM31[]> coordinates = new LinkedHashMap<>();
        for (Axis a : to.lowAxes()) {
            coordinates.put(a.name(), low(from, a.name(), point));
        }
        return to.lowPoint(coordinates);
    }

    /// Weights on the tiles of `to`, whose high axes are among those of `from`: sums over the missing axes.
    public static QM31[] project(Shape from, QM31[] weights, Shape to) {
        int[] source = new int[to.highAxes().size()];
        for (int k = 0; k < source.length; k++) {
            source[k] = highIndex(from, to.highAxes().get(k).name());
        }
        Map<List<Integer>, Integer> index = new LinkedHashMap<>();
        QM31[] result = new QM31[to.tileCount()];
        Arrays.fill(result, QM31.ZERO);
        for (int t = 0; t < to.tileCount(); t++) {
            index.put(Arrays.stream(to.tile(t)).boxed().toList(), t);
        }
        for (int t = 0; t < weights.length; t++) {
            List<Integer> key = new ArrayList<>();
            for (int k : source) {
                key.add(from.tile(t)[k]);
            }
            int at = index.get(key);
            result[at] = result[at].add(weights[t]);
        }
        return result;
    }

    static int highIndex(Shape shape, String axis) {
        for (int k = 0; k < shape.highAxes().size(); k++) {
            if (shape.highAxes().get(k).name().equals(axis)) {
                return k;
            }
        }
        throw new IllegalArgumentException("no high axis " + axis);
    }

    /// The tile weights as a public polynomial over one variable group per high axis of the shape, named as the axes.
    static SparseFactor weightFactor(String label, Shape shape, QM31[] weights, List<Variable> variables) {
        long[] index = new long[weights.length];
        for (int t = 0; t < index.length; t++) {
            int shift = 0;
            for (int k = 0; k < variables.size(); k++) {
                index[t] |= (long) shape.tile(t)[k] << shift;
                shift += variables.get(k).bits();
            }
        }
        return new SparseFactor(label, variables, index, weights);
    }

    /// One variable group per high axis of a shape.
    static List<Variable> highVariables(Shape shape) {
        return shape.highAxes().stream().map(Points::variable).toList();
    }

    static Variable variable(Axis a) {
        return new Variable(a.name(), a.bits());
    }

    /// `n` copies of a value.
    static QM31[] repeat(QM31 v, int n) {
        QM31[] result = new QM31[n];
        Arrays.fill(result, v);
        return result;
    }

    /// Every weight times `s`.
    static QM31[] scale(QM31[] weights, QM31 s) {
        QM31[] result = new QM31[weights.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = weights[i].mul(s);
        }
        return result;
    }

    public static QM31 sum(QM31[] values) {
        QM31 sum = QM31.ZERO;
        for (QM31 v : values) {
            sum = sum.add(v);
        }
        return sum;
    }

    /// A random point of a shape: coordinates per axis, drawn low axes first.
    static Map<String, QM31[]> draw(dev.chagres.graph.Party party, String tag, Shape shape) {
        List<Axis> axes = new ArrayList<>(shape.lowAxes());
        axes.addAll(shape.highAxes());
        QM31[] flat = party.challenges(tag, axes.stream().mapToInt(Axis::bits).sum());
        Map<String, QM31[]> result = new LinkedHashMap<>();
        int at = 0;
        for (Axis a : axes) {
            result.put(a.name(), Arrays.copyOfRange(flat, at, at + a.bits()));
            at += a.bits();
        }
        return result;
    }
}
