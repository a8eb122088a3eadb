package dev.chagres.prove.key;

import dev.chagres.model.KeyColumn;
import dev.chagres.model.ModelSpec;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tokenizer.TokenizerInfo;

/// A quantised model of any family, as far as keys are made of it.
public interface KeySource {
    /// Free text, at most 255 bytes of UTF-8.
    String name();

    /// How text becomes token ids.
    TokenizerInfo tokenizer();

    /// What the keys say of the model.
    ModelSpec spec();

    /// Checks every bound that [#spec()] states about the weights.
    ///
    /// @throws IllegalArgumentException naming the bound that does not hold
    void check();

    /// Fills the tensor of a key column: `column.shape().size()` values of `column.bits()` bits, initially zero.
    void fill(KeyColumn column, HostTensor dst);
}
