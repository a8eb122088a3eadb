package dev.chagres.gpt2.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The fuzzed files are those that this code makes. With `-Dchagres.victim=write` they are written.
class VictimTest {
    @TempDir
    Path folder;

    @Test
    void theFilesAreWhatTheCodeMakes() throws IOException {
        Victim made = Victim.make(folder);
        if ("write".equals(System.getProperty("chagres.victim"))) {
            made.write(Path.of("src/test/resources/dev/chagres/gpt2/fuzz"));
            return;
        }
        Victim stored = Victim.instance();
        assertThat(stored.key().encode()).isEqualTo(made.key().encode());
        assertThat(stored.proof()).isEqualTo(made.proof());
        assertThat(stored.model()).isEqualTo(made.model());
        assertThat(stored.safetensors()).isEqualTo(made.safetensors());
        assertThat(stored.rotary().key().encode()).isEqualTo(made.rotary().key().encode());
        assertThat(stored.rotary().proof()).isEqualTo(made.rotary().proof());
    }
}
