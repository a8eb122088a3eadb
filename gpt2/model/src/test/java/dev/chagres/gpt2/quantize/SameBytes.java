package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SyntheticModel;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.profile.Progress;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/// Quantises a GPT-2 and a Llama and sets the first up, in a process of its own. Writes `model.cgm`, `model.pk`, `model.vk`
/// and `llama.cgm`.
final class SameBytes {
    private static final String SHAPE = "2x4x64x50x32";
    private static final long SEED = 9;

    private SameBytes() {}

    /// @param args a folder, empty; the number of threads of the setup
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int threads = Integer.parseInt(args[1]);
        try (SyntheticFixture fixture = new SyntheticFixture(SHAPE, SEED, Files.createDirectory(folder.resolve("m")))) {
            IntegerModelFile.write(fixture.model(), folder.resolve("model.cgm"));
            KeySetup.write(new ModelKeySource(fixture.model()), folder.resolve("model.pk"), folder.resolve("model.vk"),
                    TestHosts.of(threads), Progress.NONE);
        }
        Architecture llama = SyntheticModel.llama("2x4x64x50x32", OptionalInt.of(2), OptionalInt.empty());
        Path source = folder.resolve("l");
        SyntheticModel.write(source, llama, SEED);
        try (ModelWeights weights = ModelWeights.open(source); Arena arena = Arena.ofShared()) {
            IntegerModelFile.write(new Quantizer(weights).quantise(arena, "llama", TokenizerInfo.NONE,
                    Quantizer.randomCalibration(llama, SEED)), folder.resolve("llama.cgm"));
        }
        System.out.println(TestHosts.of(threads).kernels().name());
    }
}
