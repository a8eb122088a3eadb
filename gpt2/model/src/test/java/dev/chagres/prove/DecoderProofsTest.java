package dev.chagres.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chagres.gpt2.SpecEdits;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelEdits;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.oracle.Decoders;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.proof.Ending;
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
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The whole path on models with rotations, shared heads of keys, gates and wide writes: ids, drafts, threads, memory.
class DecoderProofsTest {
    @TempDir
    private Path folder;

    private VerifyingKey key(IntegerModel model) throws IOException {
        KeySetup.write(new ModelKeySource(model), folder.resolve("m.pk"), folder.resolve("m.vk"), TestHosts.of(2),
                Progress.NONE);
        return VerifyingKey.decode(Files.readAllBytes(folder.resolve("m.vk")));
    }

    private IntegerModel model(SyntheticFixture base, int keyHeads, boolean rotary, int gate, int write) {
        return Decoders.of(base.model(), new Decoders.Kind(keyHeads, rotary, gate, write, 4, 1), 17);
    }

    @ParameterizedTest
    @CsvSource({"1x4x24x33x40, 2, true, 9, 9, 5, 6", "2x2x20x33x200, 1, true, 12, 4, 140, 3",
        "1x3x18x40x40, 3, false, 5, 3, 1, 9", "1x4x16x20x40, 1, false, 0, 12, 17, 2"})
    void oneProofHoweverItIsMade(String shape, int keyHeads, boolean rotary, int gate, int write, int promptLength,
            int generated) throws IOException {
        try (SyntheticFixture base =
                new SyntheticFixture(shape, 19, Files.createDirectory(folder.resolve("float")))) {
            IntegerModel model = model(base, keyHeads, rotary, gate, write);
            VerifyingKey vk = key(model);
            int[] prompt = new SplittableRandom(promptLength).ints(promptLength, 0, 20).toArray();
            try (ProvingKey key = ProvingKey.open(folder.resolve("m.pk"))) {
                int[] ids = TestEngines.of(2).generator(vk.spec(), key).generate(prompt, generated, _ -> { });
                assertThat(Arrays.copyOfRange(ids, promptLength, ids.length))
                        .isEqualTo(new ReferenceInference(model).generate(prompt, generated));
                byte[] one = TestEngines.of(1).prover(key).prove(new TokenSequence(ids, promptLength)).encode();
                assertThat(TestEngines.of(2).prover(key).generateAndProve(prompt, generated, _ -> { }).encode())
                        .as("two threads, from the drafts").isEqualTo(one);
                assertThat(withLeastMemory(key, prompt, generated)).as("least memory").isEqualTo(one);
                Verdict verdict = new Verifier(vk).verify(one);
                assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
                assertThat(((Verdict.Accepted) verdict).sequence().ids()).isEqualTo(ids);
            }
        }
    }

    private byte[] withLeastMemory(ProvingKey key, int[] prompt, int generated) {
        String needed;
        try (Engine tiny = engine(1 << 20)) {
            needed = catchThrowableOfType(IllegalArgumentException.class,
                    () -> tiny.prover(key).generateAndProve(prompt, generated, _ -> { })).getMessage()
                    .replaceFirst(".*at least (\\d+) MiB of memory.*", "$1");
        }
        try (Engine least = engine(Long.parseLong(needed) << 20)) {
            return least.prover(key).generateAndProve(prompt, generated, _ -> { }).encode();
        }
    }

    private Engine engine(long bytes) {
        return Engine.builder().threads(2).memory(new MemoryLimit(bytes, folder)).build();
    }

    /// Whichever of its ids a text ends with, nothing follows.
    @Test
    void anyOfSeveralIdsEndsAText() throws IOException {
        try (SyntheticFixture base =
                new SyntheticFixture("1x4x24x33x40", 23, Files.createDirectory(folder.resolve("float")))) {
            IntegerModel endless = model(base, 2, true, 9, 9);
            int[] prompt = {1, 2, 3};
            int[] free = new ReferenceInference(endless).generate(prompt, 12);
            int[] ends = Arrays.stream(free, 4, free.length).distinct().limit(2).sorted().toArray();
            IntegerModel model = ModelEdits.withShape(endless, SpecEdits.withTokens(endless.shape(), 33, 40,
                    Arrays.stream(ends).boxed().toList()));
            int[] expected = new ReferenceInference(model).generate(prompt, 12);
            assertThat(expected.length).isLessThan(12);
            assertThat(List.of(ends[0], ends[ends.length - 1])).contains(expected[expected.length - 1]);
            VerifyingKey vk = key(model);
            try (ProvingKey key = ProvingKey.open(folder.resolve("m.pk"))) {
                byte[] proof = TestEngines.of(2).prover(key).generateAndProve(prompt, 12, _ -> { }).encode();
                Verdict verdict = new Verifier(vk).verify(proof);
                assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
                TokenSequence proved = ((Verdict.Accepted) verdict).sequence();
                assertThat(proved.generated()).isEqualTo(expected);
                assertThat(Ending.of(proved, vk.spec().limits())).isEqualTo(Ending.END_OF_TEXT);
            }
        }
    }
}
