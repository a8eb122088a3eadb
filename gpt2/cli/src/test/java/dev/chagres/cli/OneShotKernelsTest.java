package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.model.ModelSpec;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.profile.Work;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class OneShotKernelsTest {
    private static final String SCALAR = "scalar";

    /// Unless the usual kernels are as fast from the first call.
    @Test
    void littleWorkTakesKernelsThatNeedNoWarmUp() throws IOException {
        ModelSpec spec = VerifyingKey.open(BundledKeys.vk()).spec();
        Backend usual = Backends.ofProperty();
        String expected = usual.warmsUp() ? SCALAR : usual.name();
        assertThat(expected).matches("scalar|native-.*");
        assertThat(OneShotKernels.forProof(spec, 3, 6).name()).isEqualTo(expected);
        assertThat(OneShotKernels.forSetup(spec).name()).isEqualTo(expected);
    }

    /// 124M with 64 rows, of which [Work] counts these.
    @Test
    void muchWorkDoesNot() {
        assertThat(OneShotKernels.elements(new Work(21_000_000, 2_500_000, 26_000_000, 165_000_000, 7_000_000_000L, 0)))
                .isGreaterThan(OneShotKernels.SMALL);
        assertThat(OneShotKernels.elements(new Work(583_872, 1_790_032, 2_361_968, 755_456, 16_777_216, 36_864)))
                .isEqualTo(6_015_616).isLessThan(OneShotKernels.SMALL);
    }

    /// What does not fit is refused by the prover, in its words.
    @Test
    void aSequenceThatDoesNotFitIsNoFailureHere() throws IOException {
        ModelSpec spec = VerifyingKey.open(BundledKeys.vk()).spec();
        String usual = Backends.ofProperty().name();
        assertThat(OneShotKernels.forProof(spec, 3, 0).name()).isEqualTo(usual);
        assertThat(OneShotKernels.forProof(spec, 3, Integer.MAX_VALUE).name()).isEqualTo(usual);
    }

    @Test
    void thePropertyDecides() throws IOException {
        ModelSpec spec = VerifyingKey.open(BundledKeys.vk()).spec();
        String before = System.getProperty(Backends.PROPERTY);
        System.setProperty(Backends.PROPERTY, "auto");
        try {
            assertThat(OneShotKernels.forProof(spec, 3, 6).name()).isEqualTo(Backends.byName("auto").name());
        } finally {
            if (before == null) {
                System.clearProperty(Backends.PROPERTY);
            } else {
                System.setProperty(Backends.PROPERTY, before);
            }
        }
    }
}
