package dev.chagres.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
    @Test
    void theProcessorIsNamedWithItsNumbers() {
        assertThat(Environment.nameIn(List.of("processor\t: 0", "cpu family\t: 6", "model\t\t: 167",
                "model name\t: Some (R) Processor: fast", "stepping\t: 1", "", "processor\t: 1", "model\t\t: 9")))
                .isEqualTo("Some (R) Processor: fast (family 6, model 167, stepping 1)");
        assertThat(Environment.nameIn(List.of("Processor implementer: 0x41"))).isEqualTo(System.getProperty("os.arch"));
    }

    @Test
    void everyFactIsInTheJsonAndInTheText() {
        Environment e = Environment.current();
        assertThat(e.toJson()).containsOnlyKeys(
                "cpu", "cores", "memoryBytes", "os", "jdk", "flags", "backend", "vectorBits", "commit");
        assertThat(e.jdk()).contains(Runtime.version().toString());
        assertThat(e.backend().endsWith(String.valueOf(e.vectorBits())) || e.vectorBits() == 0).isTrue();
        assertThat(e.toText()).contains(e.cpu(), e.jdk(), e.backend());
    }
}
