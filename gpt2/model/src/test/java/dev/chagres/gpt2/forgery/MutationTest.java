package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Verifiers with one check or relation missing, each with a lie that it accepts and the verifier rejects. A mutant
/// that rejects its lie too has survived: nothing shows that what it lacks was needed.
///
/// `-Dchagres.attacks=write` writes docs/generated/mutation-report.md.
class MutationTest {
    /// Heads of 5 channels and a width of 20: padded channels everywhere.
    private static final String SHAPE = "1x4x20x20x32";
    private static final long SEED = 4;
    private static final Path REPORT = Repository.root().resolve("docs/generated/mutation-report.md");
    private static final Path PROTOCOL = Repository.root().resolve("docs/protocol.md");
    private static final Pattern CHECK = Pattern.compile("(?m)^\\| `([a-z]+/[a-z-]+)` \\|");

    @TempDir
    private static Path folder;

    private static CheatingProver prover;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, SHAPE, SEED);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    /// @param verdicts of the verifier and of the mutant
    private record Row(Mutant mutant, String rejected, String accepted) {}

    @Test
    void everyMutantAcceptsALieThatTheVerifierRejects() throws IOException {
        List<Mutant> mutants = Mutants.all();
        assertThat(mutants).extracting(Mutant::missing).doesNotHaveDuplicates();
        Map<String, Forged> lies = told(mutants);
        List<Row> rows = AttackMatrix.parallel(mutants, m -> row(m, lies.get(m.lie())));
        assertThat(rows).filteredOn(r -> !r.rejected().equals(r.mutant().rejected())).as("rejected by another check")
                .isEmpty();
        assertThat(rows).filteredOn(r -> !r.accepted().equals(MutantVerdict.ACCEPTED)).as("survivors").isEmpty();
        String page = MutationPage.of(rows.stream().map(Row::mutant).toList());
        if ("write".equals(System.getProperty("chagres.attacks"))) {
            Files.writeString(REPORT, page);
        }
        assertThat(Files.readString(REPORT)).as(REPORT + "; -Dchagres.attacks=write writes it").isEqualTo(page);
    }

    /// Every lie that a mutant needs, told by the forger of this world.
    private static Map<String, Forged> told(List<Mutant> mutants) {
        List<String> names = mutants.stream().map(Mutant::lie).distinct().toList();
        List<Forged> forged = AttackMatrix.parallel(names, n -> {
            try {
                return AcceptedLies.ALL.get(n).by(prover);
            } catch (RuntimeException e) {
                throw new IllegalStateException(n, e);
            }
        });
        Map<String, Forged> result = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            result.put(names.get(i), forged.get(i));
        }
        return result;
    }

    private static Row row(Mutant mutant, Forged lie) {
        MutantWorld world = new MutantWorld(MutantClasses.of(mutant));
        Forged told = mutant.both() ? world.tell(mutant.lie(), folder.resolve(SEED + ".pk").toString(),
                prover.verifyingKey.encode(), prover.sequence) : lie;
        return new Row(mutant, MutantVerdict.of(lie.key(), lie.proof()), world.verdict(told));
    }

    /// Lies are false statements or proofs out of order, not broken ones: what is true is accepted, by every mutant too.
    @Test
    void theTruthIsAccepted() {
        Forged honest = StatementLies.honest(prover);
        assertThat(MutantVerdict.of(honest.key(), honest.proof())).isEqualTo(MutantVerdict.ACCEPTED);
        // The end of a text may be the last id, and any in the prompt.
        for (int[] end : new int[][] {{1, 0}, {2, 1}, {3, -1}}) {
            Forged cut = StatementLies.endOfText(prover, end[0], end[1]);
            assertThat(MutantVerdict.of(cut.key(), cut.proof())).isEqualTo(MutantVerdict.ACCEPTED);
        }
    }

    /// Every check of the protocol has a mutant, or a reason why it has none.
    @Test
    void everyCheckHasAMutant() throws IOException {
        Set<String> page = CHECK.matcher(Files.readString(PROTOCOL)).results().map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> covered = new TreeSet<>(Mutants.NONE.keySet());
        Mutants.all().forEach(m -> covered.add(m.rejected()));
        assertThat(covered).isEqualTo(page);
        Map<String, String> both = new TreeMap<>(Mutants.NONE);
        Mutants.all().forEach(m -> assertThat(both).doesNotContainKey(m.rejected()));
    }

    /// A mutant whose place has gone is no mutant.
    @Test
    void staleMutantsAreNoticed() {
        Mutant gone = Mutant.without("lookup/balance", "lookup.Table", "rho + 1, not counted");
        Mutant twice = Mutant.edited("?", "lookup.Table", "starts", "", "", "");
        for (Mutant stale : List.of(gone, twice)) {
            try {
                MutantClasses.of(stale);
            } catch (AssertionError e) {
                assertThat(e).hasMessageContaining("stale mutant");
                continue;
            }
            throw new AssertionError("not noticed: " + stale);
        }
    }
}
