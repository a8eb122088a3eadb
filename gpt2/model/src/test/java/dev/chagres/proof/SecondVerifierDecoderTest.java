package dev.chagres.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.oracle.Decoders;
import dev.chagres.gpt2.oracle.Decoders.Kind;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.proof.SecondVerifier.Case;
import dev.chagres.prove.TestEngines;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both verifiers on proofs about models with rotated positions, shared heads of keys, gated MLPs and wide writes, in
/// every combination that has a branch of its own.
class SecondVerifierDecoderTest {
    @TempDir
    private Path folder;

    private final List<Case> cases = new ArrayList<>();

    /// @param changes how many changed proofs are cases as well, but for some whose length alone is wrong
    private void prove(String shape, Kind kind, int prompt, int generated, int changes) throws IOException {
        Path at = Files.createDirectory(folder.resolve("model" + cases.size()));
        Path pk = at.resolve("model.pk");
        try (SyntheticFixture f = new SyntheticFixture(shape, 3, Files.createDirectory(at.resolve("float")))) {
            VerifyingKey vk = KeySetup.write(new ModelKeySource(Decoders.of(f.model(), kind, 4)), pk,
                    at.resolve("model.vk"), TestHosts.of(2), Progress.NONE);
            int[] ids = new SplittableRandom(prompt).ints(prompt, 0, vk.spec().limits().vocabulary()).toArray();
            try (ProvingKey proving = ProvingKey.open(pk)) {
                ids = TestEngines.of(2).generator(vk.spec(), proving).generate(ids, generated, _ -> { });
                byte[] proof = TestEngines.of(2).prover(proving).bind(Binding.of(new byte[0]))
                        .prove(new TokenSequence(ids, prompt)).encode();
                cases.add(new Case("valid: " + kind, vk.encode(), proof));
                if (changes > 0) {
                    SecondVerifierTest.changed(cases, vk.encode(), proof, changes);
                }
            }
        }
    }

    @Test
    void bothVerifiersAgree() throws IOException {
        // Pairs of remainders, heads and hidden rows with padding, several blocks of rows and parts of angles.
        prove("1x6x36x40x300", new Kind(2, true, 9, 9, 5, 1), 140, 5, 0);
        // Two ranges for the remainders; one head of keys, whose variables are none.
        prove("2x3x24x33x40", new Kind(1, true, 12, 6, 5, 1), 5, 9, 0);
        prove("1x4x32x20x40", new Kind(2, true, 3, 12, 9, 1), 3, 2, 12);
        prove("1x4x32x20x40", new Kind(4, false, 10, 3, 1, 1), 18, 3, 0);
        // A stream whose norms have a group shift of 6.
        prove("1x2x1032x20x32", new Kind(2, true, 9, 9, 4, 1), 3, 2, 0);
        Map<String, List<String>> verdicts =
                SecondVerifier.requireAgreement(Files.createDirectory(folder.resolve("cases")), cases);
        assertThat(verdicts.get("accepted")).hasSize(5).allMatch(name -> name.startsWith("valid"));
    }
}
