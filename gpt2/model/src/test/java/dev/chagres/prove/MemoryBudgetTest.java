package dev.chagres.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.model.Circuit;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Proofs under memory limits: the same bytes, nothing left behind, a clear refusal below what is needed.
class MemoryBudgetTest {
    @TempDir
    private Path folder;

    private ProvingKey key() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        try (SyntheticFixture fixture = new SyntheticFixture("6x2x64x60x256", 5, model)) {
            KeySetup.write(new ModelKeySource(fixture.model()), folder.resolve("model.pk"), folder.resolve("model.vk"),
                    TestHosts.of(2), Progress.NONE);
            return ProvingKey.open(folder.resolve("model.pk"));
        }
    }

    private static TokenSequence sequence(ProvingKey key) {
        int[] prompt = new SplittableRandom(1).ints(180, 0, 60).toArray();
        return new TokenSequence(TestEngines.of(2).generator(key.verifyingKey().spec(), key)
                .generate(prompt, 4, _ -> { }), prompt.length);
    }

    @Test
    void theProofDoesNotDependOnTheMemory() throws IOException {
        Path spill = Files.createDirectory(folder.resolve("spill"));
        try (ProvingKey key = key()) {
            TokenSequence sequence = sequence(key);
            byte[] free = TestEngines.of(2).prover(key).prove(sequence).encode();
            Circuit graph = key.verifyingKey().spec().compile(sequence);
            long bytes;
            long layer;
            try (Witness sizes = new Witness(graph.graph(), key.of(graph),
                    SpillStore.unbounded(TestHosts.of(1).memory()))) {
                bytes = sizes.bytes();
                layer = sizes.sectionBytes(2);
            }
            for (int atOnce : new int[] {1, 2}) {
                // Four of the six layers do not fit, or one.
                long part = bytes - (atOnce == 1 ? 4 : 1) * layer;
                MemoryPlan plan = new MemoryPlan(part, part, Long.MAX_VALUE, atOnce, false, spill);
                assertThat(TestEngines.of(2).prover(key).prove(sequence, plan).encode())
                        .as("%d sections at a time in %d of %d bytes", atOnce, part, bytes).isEqualTo(free);
                assertThat(spill).isEmptyDirectory();
            }
        }
    }

    @Test
    void whatARefusalAsksForIsEnough() throws IOException {
        try (ProvingKey key = key()) {
            int[] prompt = new SplittableRandom(2).ints(170, 0, 60).toArray();
            byte[] free = TestEngines.of(2).prover(key).generateAndProve(prompt, 9, _ -> { }).encode();
            for (int threads = 1; threads <= 2; threads++) {
                String needed;
                try (Engine tiny = engine(threads, 1 << 20)) {
                    String refusal = catchThrowableOfType(IllegalArgumentException.class,
                            () -> tiny.prover(key).generateAndProve(prompt, 9, _ -> { })).getMessage();
                    needed = refusal.replaceFirst(".*at least (\\d+) MiB of memory.*", "$1");
                }
                try (Engine least = engine(threads, Long.parseLong(needed) << 20)) {
                    assertThat(least.prover(key).generateAndProve(prompt, 9, _ -> { }).encode())
                            .as("%s MiB, %d threads", needed, threads).isEqualTo(free);
                    assertThat(least.memory().used()).isZero();
                }
            }
        }
    }

    private Engine engine(int threads, long bytes) {
        return Engine.builder().threads(threads).memory(new MemoryLimit(bytes, folder)).build();
    }

    @Test
    void proofsInARowDoNotGrow() throws IOException {
        try (ProvingKey key = key()) {
            TokenSequence sequence = sequence(key);
            Engine engine = TestEngines.of(2);
            Prover prover = engine.prover(key);
            prover.prove(sequence);
            long used = engine.memory().used();
            long mapped = engine.memory().mapped();
            for (int i = 0; i < 5; i++) {
                prover.prove(sequence);
            }
            assertThat(engine.memory().used()).isEqualTo(used);
            assertThat(engine.memory().mapped()).as("regions are used again").isLessThanOrEqualTo(mapped + mapped / 4);
        }
    }

    @Test
    void tooLittleMemoryIsSaidBeforeTheRun() throws IOException {
        try (ProvingKey key = key()) {
            TokenSequence sequence = sequence(key);
            try (Engine tiny = Engine.builder().threads(1).memory(new MemoryLimit(64 << 20, folder)).build();
                    Engine enough = Engine.builder().threads(1).memory("16g").build()) {
                assertThatThrownBy(() -> tiny.prover(key).prove(sequence))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("needs at least")
                        .hasMessageContaining("64 MiB").hasMessageContaining("--memory");
                assertThat(enough.prover(key).prove(sequence).encode()).isNotEmpty();
            }
        }
    }
}
