package dev.chagres.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.model.ModelLimits;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Verdicts and statements are values that print themselves; files that somebody else chose are read within bounds.
class VerdictTest {
    private static final ModelLimits LIMITS = new ModelLimits(6, 100, List.of(9));

    private static TokenSequence sequence(int... ids) {
        return new TokenSequence(ids, 2);
    }

    @Test
    void theEndingSaysWhetherTheModelWouldHaveGoneOn() {
        assertThat(Ending.of(sequence(1, 2, 3, 4), LIMITS)).isEqualTo(Ending.CUT);
        assertThat(Ending.of(sequence(1, 2, 3, 9), LIMITS)).isEqualTo(Ending.END_OF_TEXT);
        assertThat(Ending.of(sequence(1, 2, 3, 4, 5, 6), LIMITS)).as("5 of 6 positions").isEqualTo(Ending.CUT);
        assertThat(Ending.of(sequence(1, 2, 3, 4, 5, 6, 7), LIMITS)).as("6 of 6 positions")
                .isEqualTo(Ending.CONTEXT_FULL);
        assertThat(Ending.of(sequence(1, 2, 3, 4, 5, 6, 9), LIMITS)).isEqualTo(Ending.END_OF_TEXT);
        ModelLimits endless = new ModelLimits(6, 100, List.of());
        assertThat(Ending.of(sequence(1, 2, 3, 9), endless)).as("no end of text").isEqualTo(Ending.CUT);
        assertThat(Ending.CUT.complete()).isFalse();
        assertThat(Ending.END_OF_TEXT.complete()).isTrue();
        assertThat(Ending.CONTEXT_FULL.complete()).isTrue();
    }

    @Test
    void verdictsAreValuesAndPrintThemselves() {
        Verdict cut = new Verdict.Accepted(sequence(1, 2, 3, 4), Binding.NONE, Ending.CUT, 100);
        assertThat(cut).isEqualTo(new Verdict.Accepted(sequence(1, 2, 3, 4), Binding.NONE, Ending.CUT, 100))
                .isNotEqualTo(new Verdict.Accepted(sequence(1, 2, 3, 5), Binding.NONE, Ending.CUT, 100));
        assertThat(cut.accepted()).isTrue();
        assertThat(cut).hasToString("""
                ACCEPTED  the model of this key, run greedily on this prompt, gives this output
                ids       prompt [1, 2], output [3, 4]
                ending    cut after 2 tokens, the model goes on
                security  100 bits each step""");
        Verdict rejected = new Verdict.Rejected("open/merkle", "no such path");
        assertThat(rejected).hasToString("REJECTED  open/merkle: no such path");
        assertThat(rejected.accepted()).isFalse();
    }

    @Test
    void proofsAreValues() {
        Proof proof = new Proof(new byte[32], sequence(1, 2, 3), new byte[] {7});
        assertThat(proof).isEqualTo(new Proof(new byte[32], sequence(1, 2, 3), new byte[] {7}))
                .hasSameHashCodeAs(new Proof(new byte[32], sequence(1, 2, 3), new byte[] {7}))
                .isNotEqualTo(new Proof(new byte[32], sequence(1, 2, 3), new byte[] {8}))
                .isNotEqualTo(new Proof(new byte[32], sequence(1, 2, 4), new byte[] {7}));
        assertThat(proof.toString()).contains("prompt [1, 2], output [3]").contains("0000, 1 bytes");
    }

    @Test
    void whatCannotBeReadIsNamed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("x.vk");
        Files.writeString(file, "something else");
        assertThatThrownBy(() -> VerifyingKey.open(file)).isInstanceOf(IOException.class)
                .hasMessage(file + ": cannot be read as a verifying key: not a Chagres verifying key");
        assertThatThrownBy(() -> VerifyingKey.open(folder)).isInstanceOf(IOException.class)
                .hasMessage(folder + ": is a folder, not a file");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> Proof.read(missing)).isInstanceOf(IOException.class)
                .hasMessage(missing + ": no such file");
        assertThat(BoundedFiles.read(file, 14)).hasSize(14);
        assertThatThrownBy(() -> BoundedFiles.read(file, 13)).isInstanceOf(IOException.class)
                .hasMessage(file + ": more than the limit of 13 bytes");
    }
}
