package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.tensor.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Every column of every operation, with every kind of lie about it; the page docs/attacks.md is what comes out.
///
/// `-Dchagres.attacks=write` writes the page.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AttackMatrixTest {
    /// Heads of 5 channels and a width of 20: padded channels everywhere.
    private static final String SHAPE = "1x4x20x20x32";
    private static final Path PAGE = Path.of("../docs/attacks.md");

    @TempDir
    private static Path folder;

    private static CheatingProver prover;
    private static AttackMatrix matrix;
    private static SaidLies said;
    private static List<AttackMatrix.Row> rows;
    private static List<SaidLies.Row> adaptive;
    private static List<SaidLies.Row> messages;
    private static List<SaidLies.Row> values;
    private static List<SaidLies.Row> claims;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, SHAPE, 3);
        matrix = new AttackMatrix(prover);
        said = new SaidLies(prover);
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
    @Order(1)
    void everyLieIsCaughtByWhatItViolates() {
        rows = matrix.tell(matrix.lies());
        assertThat(rows).hasSizeGreaterThan(500);
        assertThat(rows).filteredOn(r -> !r.problem().isEmpty()).extracting(r -> r.lie() + ": " + r.problem()).isEmpty();
    }

    @Test
    @Order(3)
    void everyFalseSumcheckEndsInAFalseClaim() {
        adaptive = said.adaptive(rows);
        noProblems(adaptive);
        // The sumchecks about derived values follow those that they belong to.
        assertThat(adaptive).extracting(SaidLies.Row::subject).containsExactlyInAnyOrderElementsOf(messages.stream()
                .map(SaidLies.Row::subject).filter(t -> t.endsWith("/round") && !t.startsWith("tree/") && !t.endsWith("/peak/round"))
                .map(t -> t.substring(0, t.length() - "/round".length())).toList());
    }

    @Test
    @Order(2)
    void everyKindOfMessageIsBound() {
        messages = said.messages();
        assertThat(messages).extracting(SaidLies.Row::subject)
                .contains("witness", "tree/root", "tree/children", "tree/round", "open", "virtual", "open/clear");
        noProblems(messages);
    }

    @Test
    @Order(2)
    void everyOpenedValueIsBound() {
        values = said.values();
        assertThat(values).hasSizeGreaterThan(100);
        noProblems(values);
    }

    /// Nothing is committed that no claim is about.
    @Test
    @Order(2)
    void everyClaimIsOpened() {
        claims = said.claims(false);
        noProblems(claims);
        try (CheatingProver.Run r = prover.new Run(prover.sequence, Map.of())) {
            assertThat(claims).extracting(SaidLies.Row::subject)
                    .containsAll(r.graph.witnessColumns().stream().map(Column::name).toList())
                    .containsAll(r.graph.keyColumns().stream().map(Column::name).toList());
        }
    }

    private static void noProblems(List<SaidLies.Row> said) {
        assertThat(said).filteredOn(r -> !r.problem().isEmpty()).isEmpty();
    }

    @Test
    @Order(4)
    void thePageSaysWhatComesOut() throws IOException {
        String page = AttackPage.of(rows, messages, values, adaptive, claims);
        if ("write".equals(System.getProperty("chagres.attacks"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).as("docs/attacks.md; -Dchagres.attacks=write writes it").isEqualTo(page);
    }

    /// Every test that the page names is there.
    @Test
    void thePageNamesTests() throws IOException {
        for (AttackCoverage.Kind kind : AttackCoverage.KINDS) {
            for (String test : kind.tests()) {
                String[] parts = test.split("[:.]");
                Path root = Path.of("..", parts[0], "src", "test", "java");
                try (Stream<Path> files = Files.walk(root)) {
                    Path file = files.filter(f -> f.endsWith(parts[1] + ".java")).findFirst()
                            .orElseThrow(() -> new AssertionError("no test " + test));
                    assertThat(Files.readString(file)).as(test).contains(parts.length < 3 ? "class" : "void " + parts[2] + "(");
                }
            }
        }
    }
}
