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

    private SpecBounds() {}

    /// Tiles and values of all matrices.
    static void sizes(ModelShape s) {
        Width d = Width.of(s.width());
        Width heads = Width.heads(s.heads(), s.headWidth());
        Width hidden = Width.of(s.mlpWidth());
        Width words = Width.of(s.vocab());
        long positions = s.context() >> RowBlocks.BLOCK_BITS;
        DecoderSpec.check("number of weight tiles", d.count()
                * (s.layers() * (4L * heads.count() + 2L * hidden.count()) + 2L * words.count() + positions),
                1, MAX_TILES);
        DecoderSpec.check("number of weights", d.padded()
                * (s.layers() * (4L * heads.padded() + 2L * hidden.padded()) + 2L * words.padded() + s.context()), 1,
                MAX_VALUES);
    }

    /// The sum of squares of a row is at least 2^14 and below 2^29.
    static void norm(int width, List<Integer> eps) {
        DecoderSpec.check("eps_0", eps.getFirst(), IntegerSemantics.MANT_MIN, IntegerSemantics.SQUARE_SUM_LIMIT);
        long mantissas = 1L << IntegerSemantics.MANTISSA_BITS;
        long squares = width * (mantissas * (mantissas - 1) >> 4);
        for (int e : eps) {
            DecoderSpec.check("eps", e, 0, IntegerSemantics.SQUARE_SUM_LIMIT - 1 - squares);
        }
    }

    /// Masked positions lie past the support, weighted sums are below 2^29, and the two sums of a row are one residue
    /// class each: `R' < p` for the sum at L - 1, `R <= Rmax + p - 2^30` for the one at L.
    static void softmax(ModelShape shape, long qkBound, long vBound, ExponentialTable exp, int maskOffset,
            int expDomain) {
        // Padded channels count: their weights are 0 only if the maker of the key was honest.
        long difference = 2L * Width.heads(1, shape.headWidth()).padded() * qkBound * qkBound;
        DecoderSpec.check("maskOffset", maskOffset, difference + exp.support(), 1 << 29);
        DecoderSpec.check("expDomain", expDomain, maskOffset, ACCUMULATOR);
        DecoderSpec.check("weighted sum of values", vBound * exp.largestSum(), 1, (1 << 29) - 1);
        DecoderSpec.check("sum of a row at L - 1", (long) shape.context() * exp.first(), 1, M31.P - 1);
        DecoderSpec.check("sum of a row at L", (long) shape.context() << exp.bits(), 1,
                (long) exp.largestSum() + M31.P - ACCUMULATOR);
    }

    /// Every quotient is one residue class.
    static void layer(LayerSpec l) {
        quotient(l.query(), l.queryU());
        quotient(l.key(), l.keyU());
        quotient(l.value(), l.valueU());
        quotient(l.up(), new Interval(l.geluBase(), (long) l.geluBase() + l.geluEntries() - 1));
    }

    private static void quotient(int shift, Interval u) {
        DecoderSpec.check("lowest quotient", u.lo(), -(ACCUMULATOR >> shift), ACCUMULATOR >> shift);
        DecoderSpec.check("number of quotients", u.count(), 1, M31.P >> shift);
    }
}
