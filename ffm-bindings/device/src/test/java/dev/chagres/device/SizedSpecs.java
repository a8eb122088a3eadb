package dev.chagres.device;

import dev.chagres.gpt2.SpecEdits;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.model.decoder.Positions;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.Interval;
import java.util.Collections;

/// Descriptions of models of real sizes, without weights.
final class SizedSpecs {
    private SizedSpecs() {}

    /// A model of GPT-2's family with its vocabulary and context.
    ///
    /// @param heads of 64 channels
    static DecoderSpec gpt2(int layers, int heads) {
        int width = 64 * heads;
        ModelShape shape = SpecEdits.shape(layers, heads, 64, width, 4 * width, 50257, 1024, 50256);
        int difference = 2 * shape.headWidth() * 127 * 127;
        ExponentialTable exponential = new ExponentialTable(20, 0.0144);
        LayerSpec layer = SpecEdits.plain(12, new Interval(-1000, 1000), 12, new Interval(-900, 1100), 13,
                new Interval(-2000, 2000), 2, 11, -25_000, 50_001, 3);
        return new DecoderSpec(shape, new Positions.Learned(), 0, Collections.nCopies(16, 1 << 14), 17, 13, exponential,
                12, difference + exponential.support(), difference, 127, 255, 0,
                Collections.nCopies(shape.layers(), layer));
    }
}
