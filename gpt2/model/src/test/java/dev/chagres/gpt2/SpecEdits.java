package dev.chagres.gpt2;

import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.MlpSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.model.decoder.ProjectionSpec;
import dev.chagres.model.decoder.WriteSpec;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.Interval;
import java.util.List;

/// Descriptions with a part replaced, and shapes without what GPT-2 does not use.
public final class SpecEdits {
    private SpecEdits() {}

    /// As many key heads as heads.
    public static ModelShape shape(int layers, int heads, int headWidth, int width, int mlpWidth, int vocab,
            int context, Integer... endOfText) {
        return new ModelShape(layers, heads, heads, headWidth, width, mlpWidth, vocab, context, List.of(endOfText));
    }

    /// The shape with another vocabulary, context and ids that end a text.
    public static ModelShape withTokens(ModelShape s, int vocab, int context, List<Integer> endOfText) {
        return new ModelShape(s.layers(), s.heads(), s.keyHeads(), s.headWidth(), s.width(), s.mlpWidth(), vocab,
                context, endOfText);
    }

    public static DecoderSpec withShape(DecoderSpec s, ModelShape shape) {
        return with(s, shape, s.exponential(), s.layers());
    }

    public static DecoderSpec with(DecoderSpec s, ModelShape shape, ExponentialTable exponential,
            List<LayerSpec> layers) {
        return with(s, shape, s.eps(), s.normShift(), exponential, s.maskOffset(), s.reach(), layers);
    }

    public static DecoderSpec with(DecoderSpec s, ModelShape shape, List<Integer> eps, int normShift,
            ExponentialTable exponential, int maskOffset, int reach, List<LayerSpec> layers) {
        return new DecoderSpec(shape, s.positions(), s.embeddingShift(), eps, normShift, s.normBits(), exponential,
                s.outputBits(), maskOffset, reach, s.qkBound(), s.vBound(), s.hiddenBound(), layers);
    }

    /// A block with a plain MLP and narrow writes.
    public static LayerSpec plain(int query, Interval queryU, int key, Interval keyU, int value, Interval valueU,
            int output, int up, int base, int entries, int down) {
        return new LayerSpec(new ProjectionSpec(query, queryU), new ProjectionSpec(key, keyU),
                new ProjectionSpec(value, valueU), new WriteSpec(output, new Interval(0, 0)),
                new MlpSpec.Plain(up, base, entries), new WriteSpec(down, new Interval(0, 0)));
    }
}
