package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.Repository;
import dev.chagres.proof.SecondVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
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
    private static final Path REPORT = Repository.root().resolve("docs/generated/mutation-report.md");
    private static final Path PROTOCOL = Repository.root().resolve("docs/protocol.md");
    /// The end of a text may be the last id, the only generated one too, and any in the prompt: generated ids, and
    /// which of them ends the text.
    private static final int[][] IN_TIME = {{1, 0}, {2, 1}, {3, -1}};
    private static final Pattern CHECK = Pattern.compile("(?m)^\\| `([a-z]+/[a-z-]+)` \\|");

    @TempDir
    private static Path folder;

    private static final Map<Subject, CheatingProver> PROVERS = new EnumMap<>(Subject.class);
    /// Every lie that a mutant needs, but for those under keys that are refused, told by the forger of this world.
    private static Map<String, Forged> lies;

    @BeforeAll
    static void setUp() throws IOException {
        for (Subject subject : Subject.values()) {
            PROVERS.put(subject, subject.prover(folder));
        }
        lies = told();
    }

    @AfterAll
    static void close() {
        PROVERS.values().forEach(CheatingProver::close);
    }

    /// @param verdicts of the verifier and of the mutant
    private record Row(Mutant mutant, String rejected, String accepted) {}

    @Test
    void everyMutantAcceptsALieThatTheVerifierRejects() throws IOException {
        List<Mutant> mutants = Mutants.all();
        assertThat(mutants).extracting(Mutant::missing).doesNotHaveDuplicates();
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

    private static Map<String, Forged> told() {
        List<String> all = Mutants.all().stream().map(Mutant::lie).distinct().toList();
        Set<String> known = new TreeSet<>(AcceptedLies.ALL.keySet());
        known.addAll(AcceptedLies.UNREADABLE.keySet());
        assertThat(all).containsExactlyInAnyOrderElementsOf(known);
        List<String> names = all.stream().filter(AcceptedLies.ALL::containsKey).toList();
        List<Forged> forged = AttackMatrix.parallel(names, n -> {
            try {
                return AcceptedLies.ALL.get(n).by(PROVERS.get(AcceptedLies.subject(n)));
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
        CheatingProver prover = PROVERS.get(AcceptedLies.subject(mutant.lie()));
        Forged told = mutant.both() ? world.tell(mutant.lie(), prover.pk.toString(), prover.verifyingKey.encode(),
                prover.sequence) : lie;
        // What no forger of this world can tell is what the other one told.
        Forged here = lie == null ? told : lie;
        return new Row(mutant, MutantVerdict.of(here.key(), here.proof()), world.verdict(told));
    }

    /// The verifier in Python rejects the same lies by the same checks, and takes a text that ends in time.
    @Test
    void theSecondVerifierRejectsEveryLie() throws IOException {
        List<SecondVerifier.Case> cases = new ArrayList<>();
        lies.forEach((name, lie) -> cases.add(new SecondVerifier.Case(name, lie.key(), lie.proof())));
        for (int[] end : IN_TIME) {
            Forged cut = StatementLies.endOfText(PROVERS.get(Subject.LEARNED), end[0], end[1]);
            cases.add(new SecondVerifier.Case("in time", cut.key(), cut.proof()));
        }
        Map<String, List<String>> verdicts = SecondVerifier.requireAgreement(
                Files.createDirectory(folder.resolve("cases")), cases);
        assertThat(verdicts.get(MutantVerdict.ACCEPTED)).hasSize(IN_TIME.length).containsOnly("in time");
        assertThat(verdicts.get("statement/end-of-text")).hasSize(2 + StatementLies.ENDS);
    }

    /// A tuple of any table, looked up in any other one with as many columns that lacks it, and counted where it is.
    @Test
    void noTableTakesATupleOfAnother() {
        CheatingProver prover = PROVERS.get(Subject.LEARNED);
        Map<String, String> verdicts = TablePairs.oneByOne(prover);
        assertThat(verdicts).hasSizeGreaterThan(80).allSatisfy(
                (pair, verdict) -> assertThat(verdict).as(pair).isEqualTo("lookup/balance"));
        // The lies are consistent: where tables have no ids they are accepted, for every table those of all others.
        MutantWorld world = new MutantWorld(MutantClasses.of(Mutants.TABLES));
        assertThat(world.tables(prover.pk.toString(), prover.verifyingKey.encode(), prover.sequence))
                .hasSizeGreaterThan(15)
                .allSatisfy((table, verdict) ->
                        assertThat(verdict).as("%s", table).isEqualTo(MutantVerdict.ACCEPTED));
    }

    /// What the lies are made from is true.
    @Test
    void theTruthIsAccepted() {
        PROVERS.values().forEach(prover -> {
            Forged honest = StatementLies.honest(prover);
            assertThat(MutantVerdict.of(honest.key(), honest.proof())).isEqualTo(MutantVerdict.ACCEPTED);
        });
        for (int[] end : IN_TIME) {
            Forged cut = StatementLies.endOfText(PROVERS.get(Subject.LEARNED), end[0], end[1]);
            assertThat(MutantVerdict.of(cut.key(), cut.proof())).isEqualTo(MutantVerdict.ACCEPTED);
        }
    }

    /// Every check of the protocol has a mutant, or a reason why it has none.
    @Test
    void everyCheckHasAMutant() throws IOException {
        Set<String> page = CHECK.matcher(Files.readString(PROTOCOL)).results().map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> covered = new TreeSet<>(Mutants.NONE.keySet());
        Mutants.all().stream().map(Mutant::rejected).filter(r -> !r.equals(MutantVerdict.UNREADABLE))
                .forEach(covered::add);
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
