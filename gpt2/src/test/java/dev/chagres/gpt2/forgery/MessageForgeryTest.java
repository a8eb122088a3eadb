package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.verify.Gpt2Verifier;
import dev.chagres.prove.ProverOptions;
import dev.chagres.transcript.ProverChannel.Interceptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Messages altered by the prover before they are absorbed, so that every later challenge follows the altered message: opened
/// values, rounds, tree roots and children, ladder roots and clear values, the witness root.
class MessageForgeryTest {
    @TempDir
    private static Path folder;

    private static CheatingProver prover;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, "1x2x32x20x32", 6);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    private static byte[] prove(Interceptor interceptor) {
        return prover.prove(prover.sequence, Map.of(), prover.verifyingKey.parameters(), CheatingProver::nothing,
                CheatingProver::nothing, new ProverOptions(false, interceptor));
    }

    @Test
    void everyKindOfMessageIsBound() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        byte[] honest = prove((tag, data) -> {
            counts.merge(tag, 1, Integer::sum);
            return data;
        });
        Gpt2Verifier verifier = new Gpt2Verifier(prover.verifyingKey);
        assertThat(verifier.verify(honest).accepted()).isTrue();
        assertThat(counts).hasSizeGreaterThan(30).containsKeys("tree/root", "tree/children", "tree/round", "open", "virtual");
        List<String> accepted = new ArrayList<>();
        counts.forEach((tag, count) -> {
            for (int target : count == 1 ? new int[] {0} : new int[] {0, count - 1}) {
                int[] seen = {0};
                byte[] forged = prove((name, data) -> {
                    if (!name.equals(tag) || seen[0]++ != target) {
                        return data;
                    }
                    byte[] altered = data.clone();
                    altered[0] ^= 1;
                    return altered;
                });
                if (verifier.verify(forged).accepted()) {
                    accepted.add(tag + " " + target);
                }
            }
        });
        assertThat(accepted).as("altered messages that were accepted").isEmpty();
    }
}
