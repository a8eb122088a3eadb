package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every column of every operation, with every kind of lie about it; the page docs/attacks.md is what comes out.
///
/// `-Dchagres.attacks=write` writes the page.
class AttackMatrixTest {
    /// Heads of 5 channels and a width of 20: padded channels everywhere.
    private static final String SHAPE = "1x4x20x20x32";
    private static final Path PAGE = Path.of("../docs/attacks.md");

    @TempDir
    private static Path folder;

    private static CheatingProver prover;
    private static AttackMatrix matrix;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, SHAPE, 3);
        matrix = new AttackMatrix(prover);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    @Test
    void theHonestProofIsAcceptedAndNothingIsFalse() {
        try (CheatingProver.Run r = prover.new Run(prover.sequence, Map.of())) {
            Outcome outcome = Outcome.of(prover, r, Moves.NONE, false);
            assertThat(outcome.check()).isEqualTo(Outcome.ACCEPTED);
            assertThat(outcome.violated()).isEmpty();
        }
    }

    @Test
    void everyLieIsCaughtByWhatItViolates() throws IOException {
        List<AttackMatrix.Row> rows = matrix.tell(matrix.lies());
        assertThat(rows).hasSizeGreaterThan(500);
        assertThat(rows).filteredOn(r -> !r.problem().isEmpty()).extracting(r -> r.lie() + ": " + r.problem()).isEmpty();
        String page = AttackPage.of(rows);
        if ("write".equals(System.getProperty("chagres.attacks"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).as("docs/attacks.md; -Dchagres.attacks=write writes it").isEqualTo(page);
    }
}
