package dev.chagres.gpt2.fuzz;

import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.TestEngines;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Valid files of a tiny model.
///
/// @param key its verifying key
/// @param proof a proof of nine tokens
/// @param model its integer model file
/// @param safetensors its float weights
record Victim(VerifyingKey key, byte[] proof, byte[] model, byte[] safetensors) {
    private static final long SEED = 11;

    private static final String FOLDER = "/dev/chagres/gpt2/fuzz/";

    private static final class Holder {
        static final Victim INSTANCE = read();
    }

    static Victim instance() {
        return Holder.INSTANCE;
    }

    /// The files of the test resources: making them anew takes a fuzzer, which watches every branch, too long.
    private static Victim read() {
        return new Victim(VerifyingKey.decode(resource("victim.vk")), resource("victim.proof"), resource("victim.cgm"),
                resource("victim.safetensors"));
    }

    private static byte[] resource(String name) {
        try (InputStream in = Victim.class.getResourceAsStream(FOLDER + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes the files from nothing.
    ///
    /// @param folder empty
    static Victim make(Path folder) throws IOException {
        Path weights = Files.createDirectory(folder.resolve("weights"));
        try (SyntheticFixture fixture = new SyntheticFixture("1x1x16x20x32", SEED, weights)) {
            Path pk = folder.resolve("m.pk");
            Path cgm = folder.resolve("m.cgm");
            VerifyingKey key = KeySetup.write(new ModelKeySource(fixture.model()), pk, folder.resolve("m.vk"),
                    TestHosts.of(1), Progress.NONE);
            IntegerModelFile.write(fixture.model(), cgm);
            try (ProvingKey open = ProvingKey.open(pk)) {
                int[] prompt = {1, 2, 3, 4, 5};
                int[] ids = TestEngines.of(1).generator(key.spec(), open).generate(prompt, 4, _ -> { });
                byte[] proof = TestEngines.of(1).prover(open).prove(new TokenSequence(ids, prompt.length)).encode();
                return new Victim(key, proof, Files.readAllBytes(cgm),
                        Files.readAllBytes(weights.resolve("model.safetensors")));
            }
        }
    }

    /// Writes the files of the test resources.
    void write(Path folder) throws IOException {
        Files.write(folder.resolve("victim.vk"), key.encode());
        Files.write(folder.resolve("victim.proof"), proof);
        Files.write(folder.resolve("victim.cgm"), model);
        Files.write(folder.resolve("victim.safetensors"), safetensors);
    }
}
