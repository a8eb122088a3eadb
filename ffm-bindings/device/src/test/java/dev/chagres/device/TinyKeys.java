package dev.chagres.device;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.gpt2.forgery.RotaryModel;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/// Keys of tiny models, one of each family, with next to no work for nonces.
enum TinyKeys {
    /// Learned positions; heads of 5 channels and a width of 20: padded channels everywhere.
    GPT2("1x4x20x20x16", UnaryOperator.identity()),
    /// Rotated positions, shared heads of keys, gated MLPs, wide writes.
    LLAMA("1x2x12x20x16", RotaryModel.with(2, 1, 6, 11));

    private static final long SEED = 11;
    private static final int LOOKUP_WORK = 8;

    private final String shape;
    private final UnaryOperator<IntegerModel> edit;

    TinyKeys(String shape, UnaryOperator<IntegerModel> edit) {
        this.shape = shape;
        this.edit = edit;
    }

    /// Makes the key in a folder and opens it.
    ProvingKey make(Path folder) throws IOException {
        Path weights = Files.createDirectory(folder.resolve(name()));
        Path pk = folder.resolve(name() + ".pk");
        try (SyntheticFixture fixture = new SyntheticFixture(shape, SEED, weights); Engine engine = Engine.create()) {
            ModelKeySource source = new ModelKeySource(edit.apply(fixture.model()));
            int k = ProofSecurity.choose(source.spec(), ProofSecurity.MINIMUM_BITS).k();
            engine.setup(source, CommitmentParameters.of(k, ProofSecurity.MINIMUM_BITS, 0, LOOKUP_WORK), pk,
                    folder.resolve(name() + ".vk"), Progress.NONE);
        }
        return ProvingKey.open(pk);
    }
}
