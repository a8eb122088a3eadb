package dev.chagres.ffm.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A listener ends a proof in every phase, and nothing of it stays.
class CancelTest {
    @TempDir
    private static Path folder;

    /// Wants the end of a phase at its first step.
    private static final class Impatient implements Progress {
        private final String last;
        private String phase = "";

        Impatient(String last) {
            this.last = last;
        }

        @Override
        public void phase(String name, long steps) {
            phase = name;
        }

        @Override
        public void step() {
            if (phase.equals(last)) {
                throw new CancellationException("enough of " + last);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"generate", "witness", "commit", "prove"})
    void aCancelledProofGivesItsMemoryBack(String phase) throws IOException {
        NativeHost.makeKeys(folder);
        try (Engine engine = Engine.builder().threads(2).build();
                ProvingKey key = ProvingKey.open(folder.resolve("model.pk"))) {
            assertThatThrownBy(() -> engine.prover(key).progress(new Impatient(phase))
                    .generateAndProve(new int[] {0, 1}, 2, _ -> { }))
                    .isInstanceOf(CancellationException.class).hasMessage("enough of " + phase);
            assertThat(engine.memory().used()).isZero();
        }
    }

    @Test
    void closingWaitsForUsersAndRefusesNewOnes() throws InterruptedException {
        Users users = new Users("prover");
        users.enter();
        Thread closer = Thread.ofPlatform().start(() -> {
            try {
                assertThat(users.close()).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        while (!users.closing()) {
            Thread.onSpinWait();
        }
        assertThatThrownBy(users::enter).isInstanceOf(ClosedException.class).hasMessage("this prover is closed");
        assertThat(closer.isAlive()).isTrue();
        users.leave();
        closer.join();
        assertThat(users.close()).isFalse();
    }
}
