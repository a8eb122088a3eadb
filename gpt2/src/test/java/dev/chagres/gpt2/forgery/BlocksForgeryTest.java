package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.verify.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlocksForgeryTest {
    @TempDir
    private static Path folder;

    private static CheatingProver prover;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, "1x2x32x20x320", 7, 290, 10);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    @Test
    void honest() {
        Verdict v = prover.verdict(CheatingProver::nothing, CheatingProver::nothing);
        assertThat(v).isInstanceOf(Verdict.Accepted.class);
    }
}
