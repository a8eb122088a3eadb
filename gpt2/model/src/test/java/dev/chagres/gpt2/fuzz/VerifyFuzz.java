package dev.chagres.gpt2.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import java.util.Arrays;

/// The verifier on a valid proof of one of two models with edits: it rejects everything but the proof, and throws
/// nothing.
class VerifyFuzz {
    @FuzzTest(maxDuration = "5s")
    void editedProof(FuzzedDataProvider data) {
        Victim.Proved victim = Victim.instance().proved(data.consumeBoolean());
        byte[] proof = Edits.of(victim.proof(), data);
        Verdict verdict = new Verifier(victim.key()).verify(proof);
        if (Arrays.equals(proof, victim.proof())) {
            assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        } else {
            assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        }
    }
}
