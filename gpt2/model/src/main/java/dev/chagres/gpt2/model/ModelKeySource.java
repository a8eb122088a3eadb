package dev.chagres.gpt2.model;

import dev.chagres.model.KeyColumn;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.key.KeySource;
import dev.chagres.tokenizer.TokenizerInfo;
import java.nio.charset.StandardCharsets;

/// An integer model as the source of its keys.
public final class ModelKeySource implements KeySource {
    private static final int MAX_NAME_BYTES = 255;

    private final String name;
    private final IntegerModel model;
    private final DecoderSpec spec;
    private final KeyTensors tensors;

    public ModelKeySource(IntegerModel model) {
        this(model, model.name());
    }

    /// @param name for the keys in place of the model's own, 1 to 255 bytes of UTF-8
    /// @throws IllegalArgumentException if it is not
    public ModelKeySource(IntegerModel model, String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("the name has " + bytes + " bytes, not 1 to " + MAX_NAME_BYTES);
        }
        this.name = name;
        this.model = model;
        this.spec = PublicSpec.of(model);
        this.tensors = new KeyTensors(model);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public TokenizerInfo tokenizer() {
        return model.tokenizer();
    }

    @Override
    public DecoderSpec spec() {
        return spec;
    }

    /// @throws IntervalCheckException naming the bound that does not hold
    @Override
    public void check() {
        IntervalCheck.check(model);
    }

    @Override
    public void fill(KeyColumn column, HostTensor dst) {
        tensors.fill(column, dst);
    }
}
