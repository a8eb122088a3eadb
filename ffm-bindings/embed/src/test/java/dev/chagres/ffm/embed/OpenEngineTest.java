package dev.chagres.ffm.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.prove.Engine;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An engine knows the provers that are open, and no others.
class OpenEngineTest {
    private static final int TIMES = 20;

    @TempDir
    private static Path folder;

    @Test
    void closedProversAreForgotten() throws IOException, InterruptedException {
        NativeHost.makeKeys(folder);
        Path file = folder.resolve("model.pk");
        OpenEngine engine = new OpenEngine(Engine.builder().threads(1).build(),
                HostLog.open(null, MemorySegment.NULL, MemorySegment.NULL));
        for (int i = 0; i < TIMES; i++) {
            OpenProver prover = engine.prover(file);
            assertThat(engine.provers()).isEqualTo(1);
            prover.close();
            prover.close();
            assertThat(engine.provers()).isZero();
        }
        OpenProver left = engine.prover(file);
        assertThat(engine.close()).containsExactly(left);
        assertThat(engine.provers()).isZero();
        assertThat(engine.close()).isEmpty();
    }
}
