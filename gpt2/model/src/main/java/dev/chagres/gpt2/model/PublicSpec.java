package dev.chagres.gpt2.model;

import dev.chagres.graph.Width;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.MlpSpec;
import dev.chagres.model.decoder.Positions;
import dev.chagres.model.decoder.ProjectionSpec;
import dev.chagres.model.decoder.WriteSpec;
import dev.chagres.semantics.ExponentialTable;
import java.util.Arrays;
import java.util.List;

/// What a verifying key says of an integer model.
public final class PublicSpec {
    private PublicSpec() {}

    /// The public part of a model whose bounds have been checked.
    public static DecoderSpec of(IntegerModel m) {
        Positions positions = m.rotation()
                .<Positions>map(r -> new Positions.Rotary(r.scaleBits(), r.fractionBits()))
                .orElseGet(Positions.Learned::new);
        return new DecoderSpec(m.shape(), positions, m.embedding().shift(), boxed(m.norm().eps()), m.norm().shift(),
                rangeBits(m.norm().bound()), new ExponentialTable(m.softmax().expBits(), m.softmax().logitUnit()),
                rangeBits(m.oBound()), Math.toIntExact(maskOffset(m)), m.reach(), m.qkBound(), m.vBound(),
                m.hiddenBound(), m.layers().stream().map(PublicSpec::layer).toList());
    }

    /// What puts D past the support at every masked position: the largest unmasked D plus the support.
    static long maskOffset(IntegerModel m) {
        return m.softmax().maxDifference(scoreBound(m), m.shape().context()) + m.softmax().support();
    }

    /// What a score can be in magnitude whatever the weights are, those of padded channels included: the bound on which
    /// uniqueness rests (docs/soundness.md, section 6).
    static long scoreBound(IntegerModel m) {
        return Math.max(m.scoreBound(), scoreBound(m.shape().headWidth(), m.qkBound()));
    }

    /// What a score of heads of so many channels can be, those of padded channels included.
    public static long scoreBound(int headWidth, int qkBound) {
        return (long) Width.heads(1, headWidth).padded() * qkBound * qkBound;
    }

    /// Least b with -bound and bound in [-2^(b-1), 2^(b-1)).
    private static int rangeBits(int bound) {
        return 33 - Integer.numberOfLeadingZeros(bound);
    }

    private static List<Integer> boxed(int[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static LayerSpec layer(IntegerLayer l) {
        return new LayerSpec(projection(l.query()), projection(l.key()), projection(l.value()), write(l.output()),
                mlp(l.mlp()), write(l.down()));
    }

    private static ProjectionSpec projection(IntegerLinear l) {
        return new ProjectionSpec(l.shift(), l.u());
    }

    static WriteSpec write(IntegerLinear l) {
        return WriteSpec.of(l.shift(), l.u());
    }

    static MlpSpec mlp(IntegerMlp mlp) {
        int shift = mlp.indexed().shift();
        int entries = mlp.table().length;
        return switch (mlp) {
            case IntegerMlp.Plain p -> new MlpSpec.Plain(shift, p.base(), entries);
            case IntegerMlp.Gated g -> new MlpSpec.Gated(shift, g.base(), entries, g.range(), g.up().u(),
                    g.productShift());
        };
    }
}
