package dev.chagres.gpt2.model;

import dev.chagres.model.KeyColumn;
import dev.chagres.model.gpt2.Gpt2Spec;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.key.KeySource;
import dev.chagres.tokenizer.TokenizerInfo;

/// An integer GPT-2 as the source of its keys.
public final class Gpt2KeySource implements KeySource {
    private final IntegerModel model;
    private final Gpt2Spec spec;
    private final KeyTensors tensors;

    public Gpt2KeySource(IntegerModel model) {
        this.model = model;
        this.spec = PublicSpec.of(model);
        this.tensors = new KeyTensors(model);
    }

    @Override
    public String name() {
        return model.name();
    }

    @Override
    public TokenizerInfo tokenizer() {
        return model.tokenizer();
    }

    @Override
    public Gpt2Spec spec() {
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
