package dev.chagres.gpt2.oracle;

import dev.chagres.gpt2.model.IntegerEmbedding;
import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerMlp;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.semantics.Interval;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Models at the edge of what the interval check admits, made from a quantised one: its tables and sizes, other weights
/// and embeddings.
final class Extremes {
    private static final long STREAM = 1L << 26;
    /// The largest shift before a table: the largest accumulators.
    private static final int SHIFT = 16;
    /// No normalised row has a Euclidean norm above this many units of 1/64 times the root of its width, and so no larger
    /// mean magnitude.
    private static final long NORMAL = 66;

    private Extremes() {}

    /// What the matrices hold.
    enum Weights {
        /// All as large as their accumulator allows, biases too.
        MAXIMUM,
        /// All as small.
        MINIMUM,
        /// Largest and smallest, alternating over inputs and outputs.
        ALTERNATING,
        /// One weight of a row, as large as the accumulator allows, up to 32767; the rest 0.
        SINGLE,
        /// Random signs and magnitudes up to the largest.
        RANDOM,
        /// Zero: every row of scores and logits is flat.
        ZERO;

        long at(int j, int k, long largest, SplittableRandom random) {
            return switch (this) {
                case MAXIMUM -> largest;
                case MINIMUM -> -largest;
                case ALTERNATING -> (j + k) % 2 == 0 ? largest : -largest;
                case RANDOM -> random.nextLong(-largest, largest + 1);
                case SINGLE, ZERO -> 0;
            };
        }
    }

    /// A model whose matrices are extreme, with embeddings that are extreme as well.
    ///
    /// @param writes whether the matrices that write to the stream are extreme; 0 otherwise, so that the stream keeps
    ///     its values
    static IntegerModel of(IntegerModel m, Weights weights, boolean writes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<IntegerLayer> layers = new ArrayList<>();
        long normal = NORMAL << m.norm().fractionBits() - 6;
        for (IntegerLayer l : m.layers()) {
            long n = m.norm().bound();
            // Sixteen quotients less than the bound admits: tables are whole tiles.
            long limit = (1L << 30) - (16L << SHIFT);
            Weights out = writes ? weights : Weights.ZERO;
            IntegerLinear up = matrix(l.mlp().up(), SHIFT, weights, n, normal, limit, random);
            int[] gelu = new int[(int) up.u().count()];
            for (int i = 0; i < gelu.length; i++) {
                int largest = i % 2 == 0 ? 32767 : -32767;
                gelu[i] = weights == Weights.RANDOM ? random.nextInt(-32767, 32768) : i % 3 == 0 ? 0 : largest;
            }
            layers.add(new IntegerLayer(matrix(l.query(), SHIFT, weights, n, normal, limit, random),
                    matrix(l.key(), SHIFT, weights, n, normal, limit, random),
                    matrix(l.value(), SHIFT, weights, n, normal, limit, random),
                    matrix(l.output(), l.output().shift(), out, m.oBound(), m.oBound(), (1L << 30) - STREAM - 1,
                            random),
                    new IntegerMlp.Plain(up, (int) up.u().lo(), gelu, l.mlp().inputUnit(), l.mlp().outputUnit()),
                    matrix(l.down(), l.down().shift(), out, 32767, 32767, (1L << 30) - STREAM - 1, random)));
        }
        IntegerLinear head = matrix(m.head(), 0, weights, m.norm().bound(), normal, (15L << 25) - 1, random);
        IntegerModel extreme = new IntegerModel(m.name(), m.tokenizer(), m.shape(), m.residualFractionBits(), m.norm(),
                m.softmax(), m.reach(), m.qkBound(), m.vBound(), m.hiddenBound(), m.oBound(), m.scoreBound(),
                new IntegerEmbedding(embedding(m, random), 32, 0),
                m.positions().map(p -> Arena.ofAuto().allocate(p.byteSize(), 64)), m.rotation(), layers, head,
                m.logitUnit(), m.streamMap());
        IntervalCheck.check(extreme);
        return extreme;
    }

    /// @param input largest magnitude of an input
    /// @param each largest mean magnitude of the inputs
    private static IntegerLinear matrix(IntegerLinear l, int shift, Weights weights, long input, long each, long limit,
            SplittableRandom random) {
        MemorySegment data = Arena.ofAuto().allocate(2L * l.outputs() * l.inputs(), 64);
        // At most half of the room is the weights', the rest the bias's.
        long largest = Math.min(IntegerLinear.MAX_WEIGHT, limit / 2 / (each * l.inputs()));
        long single = Math.min(IntegerLinear.MAX_WEIGHT, limit / 2 / input);
        long room = limit - Math.max(single * input, largest * each * l.inputs());
        int[] bias = new int[l.outputs()];
        for (int j = 0; j < l.outputs(); j++) {
            for (int k = 0; k < l.inputs(); k++) {
                long w = weights == Weights.SINGLE && k == j % l.inputs() ? j % 2 == 0 ? single : -single
                        : weights.at(j, k, largest, random);
                data.set(IntegerLinear.WEIGHT, 2 * ((long) j * l.inputs() + k), (short) w);
            }
            bias[j] = (int) weights.at(j, 0, room, random);
        }
        return new IntegerLinear(data, l.outputs(), l.inputs(), bias, shift, Interval.symmetric(limit));
    }

    /// Rows of the stream: token 0 is zero; others are flat, at the largest and smallest value, have one or two massive
    /// channels, lie at the edges of an exponent, or are random at every magnitude. Tokens from 48 on have one exponent
    /// each.
    private static MemorySegment embedding(IntegerModel m, SplittableRandom random) {
        int d = m.shape().width();
        MemorySegment data = Arena.ofAuto().allocate(m.embedding().entries().byteSize(), 64);
        for (int v = 0; v < m.shape().vocab(); v++) {
            for (int c = 0; c < d; c++) {
                int edge = 1 << 11 + v % 15;
                long x = v >= 48 ? c == v % d ? 1L << 10 + v % 16 : 0 : switch (v % 12) {
                    case 0 -> 0;
                    case 1 -> STREAM - 1;
                    case 2 -> -STREAM + 1;
                    case 3 -> c == d / 2 ? STREAM - 1 : 0;
                    case 4 -> c == 0 ? -STREAM + 1 : c == d - 1 ? STREAM - 1 : c % 3 - 1;
                    case 5 -> c % 2 == 0 ? STREAM - 1 : -STREAM + 1;
                    case 6 -> edge - 1;
                    case 7 -> c == 1 ? edge : 0;
                    case 8 -> c == 1 ? -edge : edge - 1;
                    case 9 -> c == 1 ? -edge - 1 : -edge;
                    case 10 -> c % 3 - 1;
                    default -> random.nextLong(-STREAM + 1, STREAM) >> v % 24;
                };
                data.set(IntegerModel.ENTRY, 4 * ((long) v * d + c), (int) x);
            }
        }
        return data;
    }
}
