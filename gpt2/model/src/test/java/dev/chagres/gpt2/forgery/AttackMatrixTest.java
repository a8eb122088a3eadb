package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.Repository;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.tensor.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every column of every operation, with every kind of lie about it; what comes out is docs/attacks.md and
/// docs/generated/attack-matrix.md.
///
/// `-Dchagres.attacks=write` writes the pages.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AttackMatrixTest {
    /// Heads of 5 channels and a width of 20: padded channels everywhere.
    private static final String SHAPE = "1x4x20x20x32";
    private static final Path PAGE = Repository.root().resolve("docs/attacks.md");
    private static final Path MATRIX = Repository.root().resolve("docs/generated/attack-matrix.md");

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
        rows = matrix.tell(matrix.lies(false));
        assertThat(rows).hasSizeGreaterThan(550);
        assertThat(rows).filteredOn(r -> !r.problem().isEmpty()).extracting(r -> r.lie() + ": " + r.problem())
                .isEmpty();
    }

    @Test
    @Order(3)
    void everyFalseSumcheckEndsInAFalseClaim() {
        adaptive = said.adaptive(rows);
        noProblems(adaptive);
        assertThat(adaptive).extracting(SaidLies.Row::subject).containsExactlyInAnyOrderElementsOf(messages.stream()
                .map(SaidLies.Row::subject).filter(t -> t.endsWith("/round") && !t.startsWith("tree/"))
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
    void thePagesSayWhatComesOut() throws IOException {
        says(PAGE, AttackPage.summary(rows, messages, values, adaptive, claims));
        says(MATRIX, AttackPage.matrix(rows, messages, values, adaptive, claims));
    }

    private static void says(Path file, String page) throws IOException {
        if ("write".equals(System.getProperty("chagres.attacks"))) {
            Files.writeString(file, page);
        }
        assertThat(Files.readString(file)).as(file + "; -Dchagres.attacks=write writes it").isEqualTo(page);
    }

    /// Many places, and models with two layers, with heads of 3 channels, and with three groups of squares, all with
    /// padded channels. Takes long.
    @ParameterizedTest
    @CsvSource({SHAPE + ", true", "2x3x18x20x32, true", "1x6x18x40x32, true", "1x111x555x20x32, false"})
    @EnabledIfSystemProperty(named = "chagres.attacks", matches = "all")
    void everyLieIsCaughtAtManyPlaces(String shape, boolean places) throws IOException {
        try (CheatingProver other = new CheatingProver(folder, shape, 40 + shape.hashCode() % 10)) {
            AttackMatrix many = new AttackMatrix(other);
            List<AttackMatrix.Row> told = many.tell(many.lies(places));
            assertThat(told).filteredOn(r -> !r.problem().isEmpty() && !r.outcome().check()
                    .equals(AttackMatrix.NOT_TOLD))
                    .extracting(r -> r.lie() + " at " + r.lie().places() + ": " + r.problem()).isEmpty();
            // A lie may be impossible in some rows, not in all.
            Map<String, Long> kinds = told.stream().filter(r -> !r.outcome().check().equals(AttackMatrix.NOT_TOLD))
                    .collect(Collectors.groupingBy(r -> r.lie().toString(), Collectors.counting()));
            System.out.printf("%s: %d lies of %d kinds%n", shape, told.size(), kinds.size());
            List<Lie> never = told.stream().map(AttackMatrix.Row::lie)
                    .filter(lie -> !kinds.containsKey(lie.toString())).toList();
            if (places) {
                assertThat(never).isEmpty();
            }
            // With one place a kind, a lie may make a second relation false wherever it is told. It is told all the same.
            assertThat(never).allSatisfy(
                    lie -> assertThat(many.anyhow(lie).check()).isNotEqualTo(Outcome.ACCEPTED));
            SaidLies said = new SaidLies(other);
            noProblems(said.adaptive(many.tell(many.lies(false))));
            noProblems(said.messages());
            noProblems(said.values());
            noProblems(said.claims(true));
        }
    }

    /// Every test that the page names is there.
    @Test
    void thePageNamesTests() throws IOException {
        for (AttackCoverage.Kind kind : AttackCoverage.KINDS) {
            for (String test : kind.tests()) {
                String[] parts = test.split("[:.]");
                try (Stream<Path> files = Files.walk(Repository.root().resolve(parts[0]))) {
                    Path file = files.filter(f -> f.endsWith(parts[1] + ".java")).findFirst()
                            .orElseThrow(() -> new AssertionError("no test " + test));
                    assertThat(Files.readString(file)).as(test)
                            .contains(parts.length < 3 ? "class" : "void " + parts[2] + "(");
                }
            }
        }
    }
}
