package dev.chagres.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.model.Gpt2KeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.kernel.Memory;
import dev.chagres.model.Circuit;
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
import java.util.Optional;
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
            KeySetup.write(new Gpt2KeySource(fixture.model()), folder.resolve("model.pk"), folder.resolve("model.vk"), 2, Progress.NONE);
            return ProvingKey.open(folder.resolve("model.pk"));
        }
    }

    private static TokenSequence sequence(ProvingKey key) {
        int[] prompt = new SplittableRandom(1).ints(180, 0, 60).toArray();
        return new TokenSequence(new Generator(key.verifyingKey().spec(), key, 2).generate(prompt, 4, _ -> { }), prompt.length);
    }

    @Test
    void theProofDoesNotDependOnTheMemory() throws IOException {
        Path spill = Files.createDirectory(folder.resolve("spill"));
        try (ProvingKey key = key()) {
            TokenSequence sequence = sequence(key);
            byte[] free = new Prover(key, 2, Progress.NONE).prove(sequence).encode();
            Circuit graph = key.verifyingKey().spec().compile(sequence);
            long bytes;
            try (Witness sizes = new Witness(graph.graph(), key.of(graph), SpillStore.unbounded())) {
                bytes = sizes.bytes();
            }
            for (int atOnce : new int[] {1, 2}) {
                // A layer has 2.7 million bytes: four of the six do not fit, or one.
                long part = bytes - (atOnce == 1 ? 4 : 1) * 2_600_000L;
                MemoryPlan plan = new MemoryPlan(part, part, Long.MAX_VALUE, atOnce, spill);
                assertThat(new Prover(key, 2, Progress.NONE).prove(sequence, plan).encode())
                        .as("%d sections at a time in %d of %d bytes", atOnce, part, bytes).isEqualTo(free);
                assertThat(spill).isEmptyDirectory();
            }
        }
    }

    @Test
    void proofsInARowDoNotGrow() throws IOException {
        try (ProvingKey key = key()) {
            TokenSequence sequence = sequence(key);
            Prover prover = new Prover(key, 2, Progress.NONE);
            prover.prove(sequence);
            long used = Memory.pool().used();
            long mapped = Memory.pool().mapped();
            for (int i = 0; i < 5; i++) {
                prover.prove(sequence);
            }
            assertThat(Memory.pool().used()).isEqualTo(used);
            assertThat(Memory.pool().mapped()).as("regions are used again").isLessThanOrEqualTo(mapped + mapped / 4);
        }
    }

    @Test
    void tooLittleMemoryIsSaidBeforeTheRun() throws IOException {
        try (ProvingKey key = key()) {
            TokenSequence sequence = sequence(key);
            MemoryPlan.Limit tiny = new MemoryPlan.Limit(64 << 20, 0, folder);
            assertThatThrownBy(() -> new Prover(key, 1, Progress.NONE, Optional.of(tiny)).prove(sequence))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("needs at least")
                    .hasMessageContaining("64 MiB").hasMessageContaining("--memory");
            MemoryPlan.Limit enough = new MemoryPlan.Limit(2L << 30, 0, folder);
            assertThat(new Prover(key, 1, Progress.NONE, Optional.of(enough)).prove(sequence).encode()).isNotEmpty();
        }
    }
}
