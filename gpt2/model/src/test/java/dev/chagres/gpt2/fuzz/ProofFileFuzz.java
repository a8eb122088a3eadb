package dev.chagres.gpt2.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.transcript.Rejection;
import java.util.Arrays;

/// Any bytes as a proof: a typed rejection or a file that has one encoding; and bytes as the stream of a proof of the
/// right key and sequence.
class ProofFileFuzz {
    @FuzzTest(maxDuration = "5s")
    void bytes(byte[] bytes) {
        Victim victim = Victim.instance();
        try {
            assertThat(Proof.decode(bytes).encode()).isEqualTo(bytes);
        } catch (Rejection rejection) {
            assertThat(rejection.check()).startsWith("format/");
        }
        Verifier verifier = new Verifier(victim.key());
        if (!Arrays.equals(bytes, victim.proof())) {
            assertThat(verifier.verify(bytes)).isInstanceOf(Verdict.Rejected.class);
        }
        byte[] proof = Arrays.copyOf(victim.proof(), victim.proof().length);
        System.arraycopy(bytes, 0, proof, 88, Math.min(bytes.length, proof.length - 88));
        if (!Arrays.equals(proof, victim.proof())) {
            assertThat(verifier.verify(proof)).isInstanceOf(Verdict.Rejected.class);
        }
    }
}
