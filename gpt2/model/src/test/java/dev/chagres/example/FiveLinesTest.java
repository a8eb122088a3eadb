package dev.chagres.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.Repository;
import dev.chagres.gpt2.demo.BundledModel;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.Quantizer;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.tokenizer.TokenizerException;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiveLinesTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void keys() throws IOException {
        try (BundledModel bundled = BundledModel.open(); Arena arena = Arena.ofShared();
                Engine engine = Engine.builder().threads(2).build()) {
            TokenizerInfo tokenizer = TokenizerInfo.ofCharacters(IntStream.range(0, bundled.tokenizer().size())
                    .mapToObj(i -> bundled.tokenizer().decode(new int[] {i})).toList());
            IntegerModel model = new Quantizer(bundled.weights())
                    .quantise(arena, "shakespeare", tokenizer,
                    Quantizer.randomCalibration(bundled.weights().architecture(), 1));
            engine.setup(new ModelKeySource(model), folder.resolve("model.pk"), folder.resolve("model.vk"),
                    Progress.NONE);
        }
    }

    @Test
    void aHostProvesATextAndChecksIt() throws IOException {
        List<String> phases = new ArrayList<>();
        Path proof = folder.resolve("p.proof");
        Verdict verdict = FiveLines.run(folder, proof, "ROMEO:", 5, new Progress() {
            @Override
            public void phase(String name, long steps) {
                phases.add(name);
            }

            @Override
            public void step() {
                assertThat(phases).isNotEmpty();
            }
        });
        assertThat(verdict.accepted()).as(verdict.toString()).isTrue();
        assertThat(verdict.toString()).startsWith("ACCEPTED");
        assertThat(phases).contains("generate", "commit", "prove", "open");
        byte[] forged = Files.readAllBytes(proof);
        forged[forged.length / 2] ^= 1;
        assertThat(VerifyingKey.open(folder.resolve("model.vk")).verify(Files.write(folder.resolve("f.proof"), forged))
                .accepted()).isFalse();
    }

    @Test
    void twoEnginesMakeTheSameProofAndShareNothing() {
        try (Engine one = Engine.builder().threads(1).build(); Engine two = Engine.builder().threads(3).build();
                ProvingKey key = ProvingKey.open(folder.resolve("model.pk"))) {
            byte[] a = one.prover(key).prove("To be", 3).encode();
            byte[] b = two.prover(key).prove("To be", 3).encode();
            assertThat(a).isEqualTo(b);
            assertThat(one.memory().used()).isZero();
            assertThatThrownBy(() -> one.prover(key).prove("\u00e9", 3)).isInstanceOf(TokenizerException.class);
        }
    }

    @Test
    void theReadmeShowsTheseLines() throws IOException {
        Path root = Repository.root();
        String readme = Files.readString(root.resolve("README.md"));
        String example = Files.readString(root.resolve("gpt2/model/src/test/java/dev/chagres/example/FiveLines.java"));
        for (String line : List.of("Engine.builder().memory(\"8g\").build(); ProvingKey key = ProvingKey.open(",
                "Proof proof = engine.prover(key).progress(listener).prove(", "WholeFile.write(",
                "VerifyingKey.open(")) {
            assertThat(readme).contains(line);
            assertThat(example).contains(line);
        }
    }
}
