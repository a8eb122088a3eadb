package dev.chagres.gpt2.model;

import dev.chagres.graph.Width;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.semantics.ExponentialTable;
import java.util.Arrays;
import java.util.List;

/// What a verifying key says of an integer model.
public final class PublicSpec {
    private PublicSpec() {}

    /// The public part of a model whose bounds have been checked.
    public static DecoderSpec of(IntegerModel m) {
        int context = m.shape().context();
        // Largest unmasked D: scores differ by at most twice their bound, and L exceeds the largest score by at most
        // the least D at which even `context` equal weights stay within rMax.
        int above = 0;
        while ((long) context * m.softmax().exp(above) > m.softmax().rMax()) {
            above++;
        }
        int largest = Math.toIntExact(2 * scoreBound(m) + above);
        int offset = largest + m.softmax().support();
        return new DecoderSpec(m.shape(), boxed(m.norm().eps()), m.norm().shift(), rangeBits(m.norm().bound()),
                new ExponentialTable(m.softmax().expBits(), m.softmax().logitUnit()), rangeBits(m.oBound()), offset,
                offset + largest + 1, m.qkBound(), m.vBound(), m.layers().stream().map(PublicSpec::layer).toList());
    }

    /// What a score can be in magnitude whatever the weights are, those of padded channels included: the bound on which
    /// uniqueness rests (docs/soundness.md, section 6).
    static long scoreBound(IntegerModel m) {
        long padded = Width.heads(1, m.shape().headWidth()).padded();
        return Math.max(m.scoreBound(), padded * m.qkBound() * m.qkBound());
    }

    /// Least b with -bound and bound in [-2^(b-1), 2^(b-1)).
    private static int rangeBits(int bound) {
        return 33 - Integer.numberOfLeadingZeros(bound);
    }

    private static List<Integer> boxed(int[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static LayerSpec layer(IntegerLayer l) {
        return new LayerSpec(l.query().shift(), l.query().u(), l.key().shift(), l.key().u(), l.value().shift(),
                l.value().u(), l.output().shift(), l.up().shift(), l.geluBase(), l.gelu().length, l.down().shift());
    }
}
