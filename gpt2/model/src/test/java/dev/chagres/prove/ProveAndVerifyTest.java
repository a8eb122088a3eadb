package dev.chagres.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The whole path on a small random model: keys, generation, proof, verdict.
class ProveAndVerifyTest {
    @TempDir
    private static Path folder;

    private static ProvingKey key;
    private static VerifyingKey verifyingKey;

    @BeforeAll
    static void setUp() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        try (SyntheticFixture fixture = new SyntheticFixture("2x3x72x50x150", 11, model)) {
            Path pk = folder.resolve("model.pk");
            Path vk = folder.resolve("model.vk");
            KeySetup.write(new ModelKeySource(fixture.model()), pk, vk, TestHosts.of(2), Progress.NONE);
            key = ProvingKey.open(pk);
            verifyingKey = VerifyingKey.decode(Files.readAllBytes(vk));
        }
    }

    @AfterAll
    static void close() {
        key.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "30, 8", "5, 146"})
    void sequencesProveAndVerify(int promptLength, int generated) {
        int[] prompt = new SplittableRandom(promptLength).ints(promptLength, 0, 50).toArray();
        int[] ids = TestEngines.of(2).generator(verifyingKey.spec(), key).generate(prompt, generated, id -> { });
        TokenSequence sequence = new TokenSequence(ids, promptLength);
        byte[] one = TestEngines.of(1).prover(key).prove(sequence).encode();
        byte[] two = TestEngines.of(2).prover(key).prove(sequence).encode();
        assertThat(Arrays.mismatch(one, two)).as("first different byte of the proofs of one and two threads")
                .isEqualTo(-1);
        byte[] atOnce = TestEngines.of(2).prover(key).generateAndProve(prompt, generated, id -> { }).encode();
        assertThat(Arrays.mismatch(one, atOnce)).as("first different byte of the proof of a generation").isEqualTo(-1);
        Verdict verdict = new Verifier(verifyingKey).verify(one);
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        assertThat(((Verdict.Accepted) verdict).sequence().ids()).isEqualTo(ids);
    }
}
