package dev.chagres.model.decoder;

import dev.chagres.field.M31;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Width;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.Interval;
import java.util.List;

/// What the public numbers of a model must satisfy whatever its weights are: the bounds on which the uniqueness of a
/// witness rests and that can be computed without the weights, and limits on sizes that bound the memory of whoever
/// reads a key. The bounds that need the weights are those of the quantiser's interval check.
final class SpecBounds {
    private static final long MAX_TILES = 1 << 20;
    private static final long MAX_VALUES = 1L << 34;
    private static final long ACCUMULATOR = 1L << 30;
    /// The widest stream: with group shift 6 the sum of squares of a wider one reaches 2^29.
    private static final int MAX_WIDTH = 1 << 12;
    /// Most entries of an activation table.
    private static final int MAX_TABLE = 1 << 18;
    /// Most entries of the quotient table of a wide write.
    private static final int MAX_QUOTIENTS = 1 << 24;
    /// Most signed bits of what is rotated: the entries of a range table.
    private static final int MAX_ROTATED_BITS = 22;
    /// The largest shift of a gated MLP: ub has a range table of 16 bits, and 2^16 2^shift must not exceed p.
    private static final int MAX_GATED_SHIFT = 14;
    /// The activation of a gate is in [-2^14, 2^14).
    private static final long GATE = 1 << 14;
    /// |ub| is at most this.
    private static final long UP = (1 << 15) - 1;

    private SpecBounds() {}

    /// Tiles and values of all matrices.
    static void sizes(ModelShape s, List<LayerSpec> layers) {
        Width d = Width.of(s.width());
        Width heads = Width.heads(s.heads(), s.headWidth());
        Width keys = Width.heads(s.keyHeads(), s.headWidth());
        Width hidden = Width.of(s.mlpWidth());
        Width words = Width.of(s.vocab());
        long gates = layers.stream().filter(l -> l.mlp() instanceof MlpSpec.Gated).count();
        long mlps = 2L * s.layers() + gates;
        long positions = s.context() >> RowBlocks.BLOCK_BITS;
        DecoderSpec.check("number of weight tiles", d.count() * (s.layers() * 2L * (heads.count() + keys.count())
                + mlps * hidden.count() + 2L * words.count() + positions), 1, MAX_TILES);
        DecoderSpec.check("number of weights", d.padded() * (s.layers() * 2L * (heads.padded() + keys.padded())
                + mlps * hidden.padded() + 2L * words.padded() + s.context()), 1, MAX_VALUES);
    }

    /// The sum of squares of a row is at least 2^14 and below 2^29.
    static void norm(int width, List<Integer> eps) {
        DecoderSpec.check("width", width, 1, MAX_WIDTH);
        DecoderSpec.check("eps_0", eps.getFirst(), IntegerSemantics.MANT_MIN, IntegerSemantics.SQUARE_SUM_LIMIT);
        long mantissas = 1L << IntegerSemantics.MANTISSA_BITS;
        long squares = width * (mantissas * (mantissas - 1) >> IntegerSemantics.groupShift(width));
        for (int e : eps) {
            DecoderSpec.check("eps", e, 0, IntegerSemantics.SQUARE_SUM_LIMIT - 1 - squares);
        }
    }

    /// Masked positions lie past the support, weighted sums are below 2^29, and the two sums of a row are one residue
    /// class each: `R' < p` for the sum at L - 1, `R <= Rmax + p - 2^30` for the one at L.
    static void softmax(ModelShape shape, long qkBound, long vBound, ExponentialTable exp, int maskOffset, int reach) {
        // Padded channels count: their weights are 0 only if the maker of the key was honest.
        long difference = 2L * Width.heads(1, shape.headWidth()).padded() * qkBound * qkBound;
        DecoderSpec.check("maskOffset", maskOffset, difference + exp.support(), 1 << 29);
        DecoderSpec.check("reach", reach, exp.support(),
                Math.min(maskOffset, ACCUMULATOR - 1 - maskOffset));
        DecoderSpec.check("weighted sum of values", vBound * exp.largestSum(), 1, (1 << 29) - 1);
        DecoderSpec.check("sum of a row at L - 1", (long) shape.context() * exp.first(), 1, M31.P - 1);
        DecoderSpec.check("sum of a row at L", (long) shape.context() << exp.bits(), 1,
                (long) exp.largestSum() + M31.P - ACCUMULATOR);
    }

    /// Every quotient is one residue class.
    static void layer(LayerSpec l) {
        projection(l.query());
        projection(l.key());
        projection(l.value());
        write(l.output());
        DecoderSpec.check("table entries", l.mlp().entries(), 1, MAX_TABLE);
        projection(new ProjectionSpec(l.mlp().shift(), l.mlp().indices()));
        if (l.mlp() instanceof MlpSpec.Gated g) {
            gated(g);
        }
        write(l.down());
    }

    private static void projection(ProjectionSpec p) {
        DecoderSpec.check("shift", p.shift(), 1, 16);
        quotient(p.shift(), p.u());
    }

    private static void quotient(int shift, Interval u) {
        DecoderSpec.check("lowest quotient", u.lo(), -(ACCUMULATOR >> shift), ACCUMULATOR >> shift);
        DecoderSpec.check("number of quotients", u.count(), 1, M31.P >> shift);
    }

    private static void write(WriteSpec w) {
        DecoderSpec.check("residual shift", w.shift(), 0, WriteSpec.MAX_SHIFT);
        DecoderSpec.check("least quotient of a write", w.quotient().lo(), w.isWide() ? -(ACCUMULATOR >> w.shift()) : 0,
                0);
        DecoderSpec.check("largest quotient of a write", w.quotient().hi(), 0,
                w.isWide() ? ACCUMULATOR >> w.shift() : 0);
        DecoderSpec.check("number of quotients of a write", w.quotient().count(), 1,
                Math.min(MAX_QUOTIENTS, M31.P >> w.shift()));
    }

    private static void gated(MlpSpec.Gated g) {
        DecoderSpec.check("shift of a gated MLP", g.shift(), 1, MAX_GATED_SHIFT);
        DecoderSpec.check("shift of a product", g.productShift(), 4, 16);
        DecoderSpec.check("least activation of a gate", g.hidden().lo(), -GATE, 0);
        DecoderSpec.check("largest activation of a gate", g.hidden().hi(), 0, GATE - 1);
        DecoderSpec.check("least factor of a gate", g.up().lo(), -UP, 0);
        DecoderSpec.check("largest factor of a gate", g.up().hi(), 0, UP);
        DecoderSpec.check("product of a gate", g.product().magnitude(), 0, (1 << 29) - 1);
        quotient(g.productShift(), g.quotient());
    }

    /// What is rotated, and the rotated value, are one residue class each.
    static void positions(ModelShape shape, Positions positions, int embeddingShift, List<LayerSpec> layers) {
        switch (positions) {
            case Positions.Learned learned -> DecoderSpec.check("shift of the embedding", embeddingShift, 0, 0);
            case Positions.Rotary r -> {
                DecoderSpec.check("shift of the embedding", embeddingShift, 0, 11);
                DecoderSpec.check("scale bits of the rotation", r.scaleBits(), 1, 13);
                DecoderSpec.check("fraction bits of the rotation", r.fractionBits(), 0, 8);
                DecoderSpec.check("shift of the rotation", r.shift(), 1, 16);
                DecoderSpec.check("odd channels of a rotated head", shape.headWidth() % 2, 0, 0);
                int bits = DecoderSpec.rotatedBits(layers);
                DecoderSpec.check("bits of what is rotated", bits, 4, MAX_ROTATED_BITS);
                for (LayerSpec l : layers) {
                    DecoderSpec.check("shift of what is rotated", Math.max(l.query().shift(), l.key().shift()), 1,
                            30 - bits);
                }
                DecoderSpec.check("rotated value", r.bound(bits), 1, ACCUMULATOR - (9L << r.shift()));
            }
        }
    }
}
