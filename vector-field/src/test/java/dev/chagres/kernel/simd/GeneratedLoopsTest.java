package dev.chagres.kernel.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GeneratedLoopsTest {
    @Test
    void sourcesAreWhatTheGeneratorWrites() throws IOException {
        Path folder = Path.of("src/main/java/dev/chagres/kernel/simd");
        for (Map.Entry<String, String> file : KernelGenerator.sources().entrySet()) {
            assertThat(Files.readString(folder.resolve(file.getKey())))
                    .as("%s is stale or was edited: run KernelGenerator", file.getKey())
                    .isEqualTo(file.getValue());
        }
    }
}
