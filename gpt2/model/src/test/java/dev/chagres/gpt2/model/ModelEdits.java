package dev.chagres.gpt2.model;

import dev.chagres.model.decoder.ModelShape;
import dev.chagres.semantics.Interval;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Copies of models with one part replaced, for tests of the checks.
public final class ModelEdits {
    private ModelEdits() {}

    public static IntegerModel withLayer(IntegerModel m, int layer, UnaryOperator<IntegerLayer> edit) {
        List<IntegerLayer> layers = new ArrayList<>(m.layers());
        layers.set(layer, edit.apply(layers.get(layer)));
        return copy(m, m.norm(), m.softmax(), m.oBound(), m.embedding(), layers, m.head());
    }

    public static IntegerModel withHead(IntegerModel m, IntegerLinear head) {
        return copy(m, m.norm(), m.softmax(), m.oBound(), m.embedding(), m.layers(), head);
    }

    public static IntegerModel withEmbedding(IntegerModel m, MemorySegment embedding) {
        return copy(m, m.norm(), m.softmax(), m.oBound(),
                new IntegerEmbedding(embedding, m.embedding().bits(), m.embedding().shift()), m.layers(), m.head());
    }

    public static IntegerModel withNorm(IntegerModel m, NormTables norm) {
        return copy(m, norm, m.softmax(), m.oBound(), m.embedding(), m.layers(), m.head());
    }

    public static IntegerModel withSoftmax(IntegerModel m, SoftmaxTables softmax) {
        return copy(m, m.norm(), softmax, m.oBound(), m.embedding(), m.layers(), m.head());
    }

    public static IntegerModel withOutputBound(IntegerModel m, int oBound) {
        return copy(m, m.norm(), m.softmax(), oBound, m.embedding(), m.layers(), m.head());
    }

    private static IntegerModel copy(
            IntegerModel m,
            NormTables norm,
            SoftmaxTables softmax,
            int oBound,
            IntegerEmbedding embedding,
            List<IntegerLayer> layers,
            IntegerLinear head) {
        return new IntegerModel(
                m.name(),
                m.tokenizer(),
                m.shape(),
                m.residualFractionBits(),
                norm,
                softmax,
                m.reach(),
                m.qkBound(),
                m.vBound(),
                m.hiddenBound(),
                oBound,
                m.scoreBound(),
                embedding,
                m.positions(),
                m.rotation(),
                layers,
                head,
                m.logitUnit(),
                m.streamMap());
    }

    /// The model with other tables of the rotation, reach and bound of hidden values.
    public static IntegerModel withNumbers(IntegerModel m, Optional<RotationTables> rotation, int reach,
            int hiddenBound) {
        return new IntegerModel(m.name(), m.tokenizer(), m.shape(), m.residualFractionBits(), m.norm(), m.softmax(),
                reach, m.qkBound(), m.vBound(), hiddenBound, m.oBound(), m.scoreBound(), m.embedding(), m.positions(),
                rotation, m.layers(), m.head(), m.logitUnit());
    }

    /// The model with other sizes, which change none of its tensors.
    public static IntegerModel withShape(IntegerModel m, ModelShape shape) {
        return new IntegerModel(m.name(), m.tokenizer(), shape, m.residualFractionBits(), m.norm(), m.softmax(),
                m.reach(), m.qkBound(), m.vBound(), m.hiddenBound(), m.oBound(), m.scoreBound(), m.embedding(),
                m.positions(), m.rotation(), m.layers(), m.head(), m.logitUnit());
    }

    public static IntegerLayer withQuery(IntegerLayer l, IntegerLinear query) {
        return new IntegerLayer(query, l.key(), l.value(), l.output(), l.mlp(), l.down());
    }

    public static IntegerLayer withDown(IntegerLayer l, IntegerLinear down) {
        return new IntegerLayer(l.query(), l.key(), l.value(), l.output(), l.mlp(), down);
    }

    public static IntegerLayer withMlp(IntegerLayer l, IntegerMlp mlp) {
        return new IntegerLayer(l.query(), l.key(), l.value(), l.output(), mlp, l.down());
    }

    /// The layer with another activation table.
    public static IntegerLayer withTable(IntegerLayer l, int base, int[] table) {
        return withMlp(l, switch (l.mlp()) {
            case IntegerMlp.Plain p -> new IntegerMlp.Plain(p.up(), base, table, p.inputUnit(), p.outputUnit());
            case IntegerMlp.Gated g -> new IntegerMlp.Gated(g.gate(), g.up(), base, table, g.productShift(),
                    g.inputUnit(), g.outputUnit());
        });
    }

    /// The model with other intervals of what its wide writes may add, as far as their weights can.
    public static IntegerModel withQuotients(IntegerModel m, Interval ofOutput, Interval ofDown) {
        IntegerModel result = m;
        for (int l = 0; l < m.shape().layers(); l++) {
            result = withLayer(result, l, y -> new IntegerLayer(y.query(), y.key(), y.value(),
                    within(y.output(), ofOutput), y.mlp(), within(y.down(), ofDown)));
        }
        return result;
    }

    private static IntegerLinear within(IntegerLinear l, Interval quotients) {
        Interval all = l.acc().shifted(l.shift());
        return withQuotients(l,
                new Interval(Math.max(all.lo(), quotients.lo()), Math.min(all.hi(), quotients.hi())));
    }

    /// The matrix with another interval of u.
    public static IntegerLinear withQuotients(IntegerLinear l, Interval u) {
        return new IntegerLinear(l.weights(), l.outputs(), l.inputs(), l.bias(), l.shift(), l.acc(), u);
    }

    /// The matrix with one weight replaced.
    public static IntegerLinear withWeight(IntegerLinear linear, int output, int input, int weight) {
        MemorySegment weights = Arena.ofAuto().allocate(linear.weights().byteSize(), 64);
        weights.copyFrom(linear.weights());
        weights.set(IntegerLinear.WEIGHT, 2 * ((long) output * linear.inputs() + input), (short) weight);
        return new IntegerLinear(weights, linear.outputs(), linear.inputs(), linear.bias(), linear.shift(),
                linear.acc());
    }

    /// The matrix with one bias replaced.
    public static IntegerLinear withBias(IntegerLinear linear, int output, int bias) {
        int[] biases = linear.bias().clone();
        biases[output] = bias;
        return new IntegerLinear(
                linear.weights(), linear.outputs(), linear.inputs(), biases, linear.shift(), linear.acc());
    }
}
