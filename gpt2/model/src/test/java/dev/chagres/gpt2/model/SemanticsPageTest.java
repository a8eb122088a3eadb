package dev.chagres.gpt2.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.Repository;
import dev.chagres.semantics.IntegerSemantics;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// docs/semantics.md against the code: constants, classes, and the references of the code to its sections.
class SemanticsPageTest {
    /// Classes whose constants are all on the page.
    private static final List<Class<?>> WHOLE = List.of(IntegerSemantics.class, IntervalCheck.class);
    /// Classes of which the page has some constants.
    private static final List<Class<?>> PARTLY = List.of(IntegerModel.class, IntegerLinear.class);

    private static final Pattern CONSTANT = Pattern.compile("(?m)^\\| `(\\w+\\.[A-Z_]+)` \\| (\\d+) \\|");
    private static final Pattern HEADING = Pattern.compile("(?m)^##+ (\\d+(?:\\.\\d+)?)\\.? ");
    private static final Pattern NAME = Pattern.compile("`(\\w+)`");
    /// Sections named after the page, as in `semantics.md, sections 3.3, 3.6`.
    private static final Pattern REFERENCE =
            Pattern.compile("semantics\\.md\\)?,\\s+(?:/// )?sections? (\\d[\\d.]*(?:(?:, | and )\\d[\\d.]*)*)");

    private static Path root;
    private static String page;

    @BeforeAll
    static void read() throws IOException {
        root = Repository.root();
        page = Files.readString(root.resolve("docs/semantics.md"));
    }

    @Test
    void constantsAreThoseOfTheCode() throws ReflectiveOperationException {
        Map<String, Long> stated = new LinkedHashMap<>();
        CONSTANT.matcher(page).results()
                .forEach(m -> assertThat(stated.put(m.group(1), Long.valueOf(m.group(2)))).as(m.group(1)).isNull());
        Map<String, Long> code = new LinkedHashMap<>();
        for (Class<?> c : WHOLE) {
            code.putAll(constants(c));
        }
        for (Class<?> c : PARTLY) {
            code.putAll(constants(c));
        }
        assertThat(stated).isNotEmpty().allSatisfy((name, value) -> assertThat(code).containsEntry(name, value));
        for (Class<?> c : WHOLE) {
            assertThat(stated.keySet()).containsAll(constants(c).keySet());
        }
    }

    /// Numeric constants of a class, `Class.NAME`, private ones too.
    private static Map<String, Long> constants(Class<?> c) throws ReflectiveOperationException {
        Map<String, Long> result = new LinkedHashMap<>();
        for (Field f : c.getDeclaredFields()) {
            if (Modifier.isStatic(f.getModifiers()) && (f.getType() == int.class || f.getType() == long.class)) {
                f.setAccessible(true);
                result.put(c.getSimpleName() + "." + f.getName(), f.getLong(null));
            }
        }
        return result;
    }

    @Test
    void classesOfTheLastSectionExist() throws IOException {
        String last = page.substring(page.indexOf("\n## 9. "));
        Set<String> named = NAME.matcher(last).results().map(m -> m.group(1)).collect(Collectors.toSet());
        Set<String> sources = sources().map(p -> p.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        assertThat(named).hasSizeGreaterThan(40).isSubsetOf(sources);
    }

    /// Comments and pages that name a section of the page name one that it has.
    @Test
    void referencesNameSectionsThatExist() throws IOException {
        Set<String> sections = HEADING.matcher(page).results().map(m -> m.group(1)).collect(Collectors.toSet());
        assertThat(sections).contains("1", "3.2", "9");
        Map<String, List<String>> references = new LinkedHashMap<>();
        try (Stream<Path> files = Stream.concat(sources(), markdown())) {
            for (Path file : files.toList()) {
                List<String> found = REFERENCE.matcher(Files.readString(file)).results()
                        .flatMap(m -> Pattern.compile("\\d+(\\.\\d+)?").matcher(m.group(1)).results())
                        .map(m -> m.group()).toList();
                if (!found.isEmpty()) {
                    references.put(root.relativize(file).toString(), found);
                }
            }
        }
        assertThat(references).hasSizeGreaterThan(5);
        assertThat(references).allSatisfy((file, named) -> assertThat(sections).as(file).containsAll(named));
    }

    private static Stream<Path> sources() throws IOException {
        return filesBelow(root, ".java");
    }

    private static Stream<Path> markdown() throws IOException {
        return Stream.concat(filesBelow(root.resolve("docs"), ".md"), Stream.of(root.resolve("README.md")));
    }

    /// Files of the checkout, build outputs left out.
    private static Stream<Path> filesBelow(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(p -> p.toString().endsWith(end) && Files.isRegularFile(p))
                    .filter(p -> !root.relativize(p).toString().contains("target/")).toList().stream();
        }
    }
}
