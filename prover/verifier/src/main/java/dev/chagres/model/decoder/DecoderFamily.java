package dev.chagres.model.decoder;

import dev.chagres.model.ModelFamily;
import dev.chagres.model.ModelSpec;

/// Decoder-only transformers: GPT-2, Llama and their kin are values of one description.
public final class DecoderFamily implements ModelFamily {
    /// Name of the family.
    public static final String NAME = "decoder";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ModelSpec decode(byte[] encoded) {
        return DecoderSpec.decode(encoded);
    }
}
