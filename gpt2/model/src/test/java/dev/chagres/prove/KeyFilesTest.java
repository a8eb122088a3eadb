package dev.chagres.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Keys on a disk that rots or is full.
class KeyFilesTest {
    private static final int[] PROMPT = {3, 1, 4, 1, 5};
    private static final int GENERATED = 6;
    /// In 512-byte blocks; the model's keys are larger.
    private static final int BLOCKS = 64;

    @TempDir
    private static Path folder;

    private static Path model;
    private static byte[] pk;
    private static byte[] vk;
    private static byte[] proof;

    @BeforeAll
    static void setUp() throws IOException {
        Path weights = Files.createDirectory(folder.resolve("float"));
        try (SyntheticFixture fixture = new SyntheticFixture("1x2x32x20x32", 7, weights)) {
            model = folder.resolve("m.cgm");
            IntegerModelFile.write(fixture.model(), model);
            TestEngines.of(2).setup(new ModelKeySource(fixture.model()),
                    folder.resolve("m.pk"), folder.resolve("m.vk"), Progress.NONE);
        }
        pk = Files.readAllBytes(folder.resolve("m.pk"));
        vk = Files.readAllBytes(folder.resolve("m.vk"));
        proof = proof(folder.resolve("m.pk"));
    }

    private static byte[] proof(Path key) {
        try (ProvingKey open = ProvingKey.open(key)) {
            return TestEngines.of(2).prover(open).generateAndProve(PROMPT, GENERATED, _ -> { }).encode();
        }
    }

    private static Path with(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("damaged.pk"), bytes);
    }

    private static byte[] flipped(int at) {
        byte[] flipped = pk.clone();
        flipped[at] ^= 1;
        return flipped;
    }

    @Test
    void theWholeKeyHasItsDigest() {
        try (ProvingKey open = ProvingKey.open(folder.resolve("m.pk"))) {
            open.check();
            assertThat(open.verifyingKey().encode()).isEqualTo(vk);
        }
        assertThat(new Verifier(VerifyingKey.decode(vk)).verify(proof)).isInstanceOf(Verdict.Accepted.class);
    }

    /// Wherever a bit rots: the key is refused when it is opened, or the proof is the right one, or there is none and
    /// the key is named. Never a proof that does not verify.
    @Test
    void noBadProofComesOfARottenKey() throws IOException {
        Random random = new Random(7);
        int refused = 0;
        int noticed = 0;
        for (int i = 0; i < 60; i++) {
            Path key = with(flipped(i < 8 ? vk.length / 8 * i : random.nextInt(pk.length)));
            ProvingKey open;
            try {
                open = ProvingKey.open(key);
            } catch (FileFormatException e) {
                assertThat(e).hasMessageStartingWith(key.toString());
                refused++;
                continue;
            }
            try (open) {
                assertThatThrownBy(() -> open.check()).isInstanceOf(FileFormatException.class)
                        .hasMessageStartingWith(key.toString()).hasMessageContaining("damaged; run setup again");
                assertThat(proof(key)).isEqualTo(proof);
            } catch (FileFormatException e) {
                assertThat(e).hasMessageStartingWith(key.toString()).hasMessageContaining("damaged; run setup again");
                noticed++;
            }
        }
        assertThat(refused).isGreaterThan(5);
        assertThat(noticed).isGreaterThan(5);
    }

    /// The rotten bit is a weight of a layer, which every proof needs.
    @Test
    void aRottenWeightIsNamedAsTheCauseOfAProofThatDoesNotVerify() throws IOException {
        byte[] damaged = pk.clone();
        int weights = (vk.length + 76 + 63) / 64 * 64;
        for (int at = weights; at < pk.length / 2; at += 2) {
            if (damaged[at] != 0 || damaged[at + 1] != 0) {
                damaged[at] ^= 1;
            }
        }
        Path key = with(damaged);
        assertThatThrownBy(() -> proof(key)).isInstanceOf(FileFormatException.class)
                .hasMessageContaining("damaged; run setup again");
    }

    @Test
    void oldKeysAreRefusedWithTheirVersion() throws IOException {
        byte[] old = pk.clone();
        old[7] = '3';
        assertThatThrownBy(() -> ProvingKey.open(with(old))).isInstanceOf(FileFormatException.class)
                .hasMessageContaining("version 3, but this program reads version 5; run setup again");
        byte[] oldVk = vk.clone();
        oldVk[7] = '2';
        assertThatThrownBy(() -> VerifyingKey.decode(oldVk)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("version 2, but this program reads version 4; run setup again");
        assertThatThrownBy(() -> ProvingKey.open(with(vk))).hasMessageContaining("not a Chagres proving key");
        assertThatThrownBy(() -> ProvingKey.open(with(Arrays.copyOf(pk, pk.length - 1))))
                .hasMessageContaining("bytes, but this key has");
    }

    /// A process that may not write more than some bytes, as on a full disk, over the keys of another model.
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsOneLineAndLeavesTheOldPair() throws IOException, InterruptedException {
        Path keys = Files.createDirectory(folder.resolve("keys"));
        Files.writeString(keys.resolve("model.pk"), "old");
        Files.writeString(keys.resolve("model.vk"), "old");
        Process process = new ProcessBuilder("bash", "-c", "ulimit -f " + BLOCKS + " && exec \"$@\"", "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "-Xshare:auto", "-cp", System.getProperty("java.class.path"),
                Setup.class.getName(), model.toString(), keys.toString()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(2);
        assertThat(output.lines().toList()).last().asString().isEqualTo(keys + ": File too large");
        try (var files = Files.list(keys)) {
            assertThat(files).hasSize(2).allSatisfy(file -> assertThat(file).hasContent("old"));
        }
    }

    /// Makes keys in a process of its own.
    static final class Setup {
        private Setup() {}

        public static void main(String[] words) {
            Path keys = Path.of(words[1]);
            try (Engine engine = Engine.builder().threads(1).build(); Arena arena = Arena.ofShared()) {
                engine.setup(new ModelKeySource(IntegerModelFile.map(Path.of(words[0]), arena)),
                        keys.resolve("model.pk"), keys.resolve("model.vk"), Progress.NONE);
            } catch (IOException e) {
                System.out.println(e.getMessage());
                System.exit(2);
            }
        }
    }

    @Test
    void keysMayBeLinks() throws IOException {
        Path there = Files.createDirectory(folder.resolve("there"));
        Path link = Files.createSymbolicLink(folder.resolve("link.pk"), there.resolve("real.pk"));
        try (Arena arena = Arena.ofShared()) {
            TestEngines.of(1).setup(new ModelKeySource(IntegerModelFile.map(model, arena)),
                    link, there.resolve("real.vk"), Progress.NONE);
        }
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(there.resolve("real.pk")).hasBinaryContent(pk);
        assertThat(there.resolve("real.vk")).hasBinaryContent(vk);
        try (var files = Files.list(there)) {
            assertThat(files.map(Path::getFileName).map(Path::toString).sorted())
                    .isEqualTo(List.of("real.pk", "real.vk"));
        }
    }
}
