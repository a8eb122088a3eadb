package dev.chagres.gpt2.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import java.util.Arrays;

/// A verifying key of one of two models with edits: refused with an [IllegalArgumentException], or a key with one
/// encoding under which the proof of the valid key is rejected, in bounded time.
class KeyFuzz {
    @FuzzTest(maxDuration = "5s")
    void editedKey(FuzzedDataProvider data) {
        Victim.Proved victim = Victim.instance().proved(data.consumeBoolean());
        byte[] valid = victim.key().encode();
        byte[] bytes = data.consumeBoolean() ? Edits.of(valid, data) : data.consumeRemainingAsBytes();
        VerifyingKey key;
        try {
            key = VerifyingKey.decode(bytes);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
            return;
        }
        assertThat(key.encode()).isEqualTo(bytes);
        byte[] proof = victim.proof().clone();
        System.arraycopy(key.digest(), 0, proof, 8, 32);
        assertThat(new Verifier(key).verify(proof) instanceof Verdict.Accepted).isEqualTo(Arrays.equals(bytes, valid));
    }
}
