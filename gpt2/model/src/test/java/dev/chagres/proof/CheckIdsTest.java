package dev.chagres.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.QM31;
import dev.chagres.gpt2.SpecEdits;
import dev.chagres.graph.DeferredReduction;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Section;
import dev.chagres.graph.SectionParty;
import dev.chagres.graph.SectionReduction;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The checks of docs/protocol.md are those of the code: ids in the sources of the verifier, and those that its
/// reductions ask for. The tags of reductions are in docs/protocol-graph.md.
class CheckIdsTest {
    private static final Path PAGE = Path.of("../../docs/protocol.md");
    private static final Path GRAPH_PAGE = Path.of("../../docs/protocol-graph.md");
    private static final List<Path> SOURCES = List.of(Path.of("../../prover/verifier/src/main/java"),
            Path.of("../../prover/engine/src/main/java"), Path.of("src/main/java"), Path.of("../cli/src/main/java"));
    private static final Pattern RAISED = Pattern.compile(
            "new (?:Rejection|StatementException|Verdict\\.Rejected)\\(\\s*([^,]+),"
                    + "|(?:checkWork|channel\\.require)\\(\\s*([^,]+),");
    /// First arguments that are no literals: each passes on an id that is found elsewhere.
    private static final Set<String> PASSED_ON = Set.of("check", "e.check()", "r.check()", "\"sumcheck/\" + name");
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z]+/[a-z-]+)` \\|.*");

    @Test
    void thePageListsTheChecksOfTheCode() throws IOException, Rejection {
        Set<String> code = new TreeSet<>(inSources());
        Set<String> tags = new TreeSet<>();
        code.addAll(inReductions(PublicModels.of(SpecEdits.shape(1, 2, 8, 32, 64, 20, 32)), tags));
        code.addAll(inReductions(rotary(), tags));
        String graphPage = Files.readString(GRAPH_PAGE);
        assertThat(tags).hasSize(14).allSatisfy(tag -> assertThat(graphPage).contains("/" + tag));
        List<String> page = Files.readAllLines(PAGE).stream()
                .map(ROW::matcher).filter(Matcher::matches).map(m -> m.group(1)).toList();
        assertThat(page).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(page)).isEqualTo(code);
    }

    private static Set<String> inSources() throws IOException {
        Set<String> ids = new TreeSet<>();
        for (Path root : SOURCES) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    Matcher m = RAISED.matcher(Files.readString(file));
                    while (m.find()) {
                        String first = m.group(1) == null ? m.group(2) : m.group(1);
                        if (first.matches("\"[^\"]+\"")) {
                            assertThat(ids.add(first.substring(1, first.length() - 1)) || repeated(first)).as(
                                    "%s stands for two checks", first).isTrue();
                        } else if (!first.startsWith("String ")) {
                            assertThat(PASSED_ON).as(file.toString()).contains(first);
                        }
                    }
                }
            }
        }
        return ids;
    }

    /// One check in two places: lookups are counted before and after the graph is built, more ids than the context are
    /// refused before they are read.
    private static boolean repeated(String literal) {
        return literal.equals("\"statement/lookups\"") || literal.equals("\"statement/context\"");
    }

    /// With rotations and gates, which the other model has not.
    private static DecoderSpec rotary() throws IOException {
        try (InputStream key = CheckIdsTest.class.getResourceAsStream("/dev/chagres/gpt2/fuzz/rotary.vk")) {
            return (DecoderSpec) VerifyingKey.decode(key.readAllBytes()).spec();
        }
    }

    /// What the reductions of a model's graph require, and the statements of their sumchecks.
    ///
    /// @param tags receives the last parts of the tags of their challenges and sumchecks
    private static Set<String> inReductions(DecoderSpec spec, Set<String> tags) throws Rejection {
        Set<String> ids = new TreeSet<>();
        Graph graph = spec.compile(new TokenSequence(new int[20], 7)).graph();
        ChallengeCount walk = ChallengeCount.of(graph);
        SectionParty role = (SectionParty) Proxy.newProxyInstance(SectionParty.class.getClassLoader(),
                new Class<?>[] {SectionParty.class}, (_, method, arguments) -> {
            switch (method.getName()) {
                case "require" -> ids.add((String) arguments[0]);
                case "sumcheck" -> {
                    ids.add("sumcheck/" + last(arguments[0]));
                    tags.add(last(arguments[0]));
                }
                case "challenge", "batching", "challenges", "point" -> tags.add(last(arguments[0]));
                default -> { }
            }
            return method.invoke(walk, arguments);
        });
        QM31[] powers = Collections.nCopies(LookupChallenges.MAX_COMPONENTS, QM31.ONE).toArray(QM31[]::new);
        LookupChallenges challenges = new LookupChallenges(QM31.ONE, powers, QM31.ONE);
        List<List<Kept>> kept = new ArrayList<>();
        for (Section section : graph.sections()) {
            kept.add(SectionReduction.lookups(role, section, challenges).kept());
        }
        SectionReduction.tables(role, graph.tables(), challenges);
        DeferredReduction.reduce(role, graph, kept);
        return ids;
    }

    private static String last(Object tag) {
        return ((String) tag).replaceAll(".*/", "");
    }
}
