package dev.chagres.proof;

import dev.chagres.gpt2.SpecEdits;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.model.decoder.Positions;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.Interval;
import java.util.Collections;

/// Public descriptions of models without weights.
final class PublicModels {
    private PublicModels() {}

    /// A description with the numbers of GPT-2 small but for its sizes.
    static DecoderSpec of(ModelShape shape) {
        int difference = 2 * shape.headWidth() * 127 * 127;
        ExponentialTable exponential = new ExponentialTable(20, 0.0144);
        int support = exponential.support();
        LayerSpec layer = SpecEdits.plain(12, new Interval(-1000, 1000), 12, new Interval(-900, 1100), 13,
                new Interval(-2000, 2000), 2, 11, -5000, 10_001, 3);
        return new DecoderSpec(shape, new Positions.Learned(), 0, Collections.nCopies(16, 1 << 14), 17, 13,
                exponential, 12, difference + support, difference, 127, 255, 0,
                Collections.nCopies(shape.layers(), layer));
    }
}
