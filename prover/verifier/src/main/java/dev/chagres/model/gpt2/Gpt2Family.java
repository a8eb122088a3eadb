package dev.chagres.model.gpt2;

import dev.chagres.model.ModelFamily;
import dev.chagres.model.ModelSpec;

/// Models with the architecture of GPT-2.
public final class Gpt2Family implements ModelFamily {
    /// Name of the family.
    public static final String NAME = "gpt2";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ModelSpec decode(byte[] encoded) {
        return Gpt2Spec.decode(encoded);
    }
}
