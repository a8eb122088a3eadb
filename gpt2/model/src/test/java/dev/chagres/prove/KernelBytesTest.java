package dev.chagres.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Keys and proofs have the same bytes with the kernels of every backend that runs here.
class KernelBytesTest {
    private static final int[] PROMPT = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3};
    private static final int GENERATED = 30;

    @TempDir
    private Path folder;

    private static List<Backend> backends() {
        List<Backend> backends = new ArrayList<>(List.of(Backends.scalar(), Backends.byName("vector")));
        Backend usual = Backends.ofProperty();
        if (backends.contains(usual)) {
            System.err.println("SKIPPED: bytes with native kernels, " + Backends.passedOver());
        } else {
            backends.add(usual);
        }
        return backends;
    }

    @Test
    void everyBackendMakesTheSameKeysAndProofs() throws IOException {
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> proofs = new ArrayList<>();
        List<Backend> backends = backends();
        try (SyntheticFixture fixture = new SyntheticFixture("3x2x40x300x64", 5, folder)) {
            for (Backend backend : backends) {
                Path pk = folder.resolve(backend.name() + ".pk");
                Path vk = folder.resolve(backend.name() + ".vk");
                try (Engine engine = Engine.builder().kernels(backend).threads(2).build()) {
                    engine.setup(new ModelKeySource(fixture.model()), pk, vk, Progress.NONE);
                    try (ProvingKey key = ProvingKey.open(pk)) {
                        proofs.add(engine.prover(key).generateAndProve(PROMPT, GENERATED, _ -> { }).encode());
                    }
                }
                keys.add(Files.readAllBytes(pk));
            }
            byte[] vk = Files.readAllBytes(folder.resolve("scalar.vk"));
            assertThat(new Verifier(VerifyingKey.decode(vk)).verify(proofs.getFirst()))
                    .isInstanceOf(Verdict.Accepted.class);
        }
        for (int i = 1; i < backends.size(); i++) {
            assertThat(keys.get(i)).as("proving key of " + backends.get(i).name()).isEqualTo(keys.getFirst());
            assertThat(proofs.get(i)).as("proof of " + backends.get(i).name()).isEqualTo(proofs.getFirst());
        }
    }
}
