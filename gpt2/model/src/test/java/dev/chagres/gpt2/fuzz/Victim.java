package dev.chagres.gpt2.fuzz;

import dev.chagres.gpt2.forgery.RotaryModel;
import dev.chagres.gpt2.model.IntegerModel;
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

/// Valid files of a tiny model, and of one with rotated positions.
///
/// @param key its verifying key
/// @param proof a proof of nine tokens
/// @param model its integer model file
/// @param safetensors its float weights
/// @param rotary key and proof of the other one
record Victim(VerifyingKey key, byte[] proof, byte[] model, byte[] safetensors, Proved rotary) {
    /// A key and a proof of nine tokens.
    record Proved(VerifyingKey key, byte[] proof) {}

    private static final long SEED = 11;
    private static final long ROTARY_SEED = 4;

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
                resource("victim.safetensors"),
                new Proved(VerifyingKey.decode(resource("rotary.vk")), resource("rotary.proof")));
    }

    /// One of the two models.
    Proved proved(boolean rotated) {
        return rotated ? rotary : new Proved(key, proof);
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
            Path cgm = folder.resolve("m.cgm");
            IntegerModelFile.write(fixture.model(), cgm);
            Proved learned = prove(folder, "learned", fixture.model());
            return new Victim(learned.key, learned.proof, Files.readAllBytes(cgm),
                    Files.readAllBytes(weights.resolve("model.safetensors")),
                    prove(folder, "rotary", RotaryModel.with(2, 1, 4, ROTARY_SEED).apply(fixture.model())));
        }
    }

    private static Proved prove(Path folder, String name, IntegerModel model) throws IOException {
        Path pk = folder.resolve(name + ".pk");
        VerifyingKey key = KeySetup.write(new ModelKeySource(model), pk, folder.resolve(name + ".vk"),
                TestHosts.of(1), Progress.NONE);
        try (ProvingKey open = ProvingKey.open(pk)) {
            int[] prompt = {1, 2, 3, 4, 5};
            int[] ids = TestEngines.of(1).generator(key.spec(), open).generate(prompt, 4, _ -> { });
            byte[] proof = TestEngines.of(1).prover(open).prove(new TokenSequence(ids, prompt.length)).encode();
            return new Proved(key, proof);
        }
    }

    /// Writes the files of the test resources.
    void write(Path folder) throws IOException {
        Files.write(folder.resolve("victim.vk"), key.encode());
        Files.write(folder.resolve("victim.proof"), proof);
        Files.write(folder.resolve("victim.cgm"), model);
        Files.write(folder.resolve("victim.safetensors"), safetensors);
        Files.write(folder.resolve("rotary.vk"), rotary.key.encode());
        Files.write(folder.resolve("rotary.proof"), rotary.proof);
    }
}
