package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.Repository;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.tensor.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
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
import org.junit.jupiter.params.provider.ValueSource;

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

    private static final String LEARNED = "learned positions";
    private static final String ROTATED = "rotated positions";
    /// Lies about these tell the same for every model.
    private static final Predicate<String> OWN = name -> !name.contains("norm") && !name.equals("head")
            && (!name.startsWith("count.") || Stream.of("pair", "write", "clamp", "layer", "exp")
                    .anyMatch(t -> name.startsWith("count." + t)));

    @TempDir
    private static Path folder;

    private static final Map<String, CheatingProver> PROVERS = new LinkedHashMap<>();
    private static final Map<String, List<AttackMatrix.Row>> ROWS = new TreeMap<>();
    private static final Map<String, List<SaidLies.Row>> ADAPTIVE = new TreeMap<>();
    private static final Map<String, List<SaidLies.Row>> MESSAGES = new TreeMap<>();
    private static final Map<String, List<SaidLies.Row>> VALUES = new TreeMap<>();
    private static final Map<String, List<SaidLies.Row>> CLAIMS = new TreeMap<>();

    @BeforeAll
    static void setUp() throws IOException {
        PROVERS.put(LEARNED, new CheatingProver(folder, SHAPE, 3));
        PROVERS.put(ROTATED, CheatingProver.rotary(folder, 11));
    }

    @AfterAll
    static void close() {
        PROVERS.values().forEach(CheatingProver::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {LEARNED, ROTATED})
    void theHonestProofIsAcceptedAndNothingIsFalse(String model) {
        CheatingProver prover = PROVERS.get(model);
        try (CheatingProver.Run r = prover.new Run(prover.sequence, Map.of())) {
            Outcome outcome = Outcome.of(prover, r, Moves.NONE, false);
            assertThat(outcome.check()).isEqualTo(Outcome.ACCEPTED);
            assertThat(outcome.violated()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LEARNED, ROTATED})
    @Order(1)
    void everyLieIsCaughtByWhatItViolates(String model) {
        AttackMatrix matrix = new AttackMatrix(PROVERS.get(model));
        List<AttackMatrix.Row> rows = matrix.tell(model.equals(LEARNED) ? matrix.lies(false) : matrix.lies(false, OWN));
        ROWS.put(model, rows);
        assertThat(rows).hasSizeGreaterThan(model.equals(LEARNED) ? 550 : 250);
        assertThat(rows).filteredOn(r -> !r.problem().isEmpty()).extracting(r -> r.lie() + ": " + r.problem())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {LEARNED, ROTATED})
    @Order(3)
    void everyFalseSumcheckEndsInAFalseClaim(String model) {
        List<SaidLies.Row> adaptive = new SaidLies(PROVERS.get(model)).adaptive(ROWS.get(model));
        ADAPTIVE.put(model, adaptive);
        noProblems(adaptive);
        assertThat(adaptive).extracting(SaidLies.Row::subject)
                .containsExactlyInAnyOrderElementsOf(MESSAGES.get(model).stream()
                .map(SaidLies.Row::subject).filter(t -> t.endsWith("/round") && !t.startsWith("tree/"))
                .map(t -> t.substring(0, t.length() - "/round".length())).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {LEARNED, ROTATED})
    @Order(2)
    void everyKindOfMessageIsBound(String model) {
        List<SaidLies.Row> messages = new SaidLies(PROVERS.get(model)).messages();
        MESSAGES.put(model, messages);
        assertThat(messages).extracting(SaidLies.Row::subject)
                .contains("witness", "tree/root", "tree/children", "tree/round", "open", "virtual", "open/clear");
        noProblems(messages);
    }

    @ParameterizedTest
    @ValueSource(strings = {LEARNED, ROTATED})
    @Order(2)
    void everyOpenedValueIsBound(String model) {
        List<SaidLies.Row> values = new SaidLies(PROVERS.get(model)).values();
        VALUES.put(model, values);
        assertThat(values).hasSizeGreaterThan(100);
        noProblems(values);
    }

    /// Nothing is committed that no claim is about.
    @ParameterizedTest
    @ValueSource(strings = {LEARNED, ROTATED})
    @Order(2)
    void everyClaimIsOpened(String model) {
        CheatingProver prover = PROVERS.get(model);
        List<SaidLies.Row> claims = new SaidLies(prover).claims(false);
        CLAIMS.put(model, claims);
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
        List<AttackPage.Told> told = PROVERS.keySet().stream().map(m -> new AttackPage.Told(m, ROWS.get(m),
                MESSAGES.get(m), VALUES.get(m), ADAPTIVE.get(m), CLAIMS.get(m))).toList();
        says(PAGE, AttackPage.summary(told));
        says(MATRIX, AttackPage.matrix(told));
    }

    private static void says(Path file, String page) throws IOException {
        if ("write".equals(System.getProperty("chagres.attacks"))) {
            Files.writeString(file, page);
        }
        assertThat(Files.readString(file)).as(file + "; -Dchagres.attacks=write writes it").isEqualTo(page);
    }

    /// Many places, and models with two layers, with heads of 3 channels, with three groups of squares, and with two
    /// rotated layers, all with padded channels. Takes long.
    @ParameterizedTest
    @CsvSource({SHAPE + ", true, 0", "2x3x18x20x32, true, 0", "1x6x18x40x32, true, 0", "1x111x555x20x32, false, 0",
        "2x6x24x33x32, true, 3"})
    @EnabledIfSystemProperty(named = "chagres.attacks", matches = "all")
    void everyLieIsCaughtAtManyPlaces(String shape, boolean places, int keyHeads) throws IOException {
        try (CheatingProver other = new CheatingProver(folder, shape, 40 + shape.hashCode() % 10, 5, 8,
                keyHeads == 0 ? UnaryOperator.identity() : RotaryModel.with(keyHeads, 8))) {
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
