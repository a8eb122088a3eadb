package dev.chagres.model.decoder;

import dev.chagres.model.ModelFamily;
import dev.chagres.model.ModelSpec;

/// Decoder-only transformers, as GPT-2 is one.
public final class DecoderFamily implements ModelFamily {
    /// Name of the family.
    public static final String NAME = "gpt2";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ModelSpec decode(byte[] encoded) {
        return DecoderSpec.decode(encoded);
    }
}
