package dev.chagres.ffm.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The Java side and the C side have the same table, the same numbers, the same settings.
class TableTest {
    private static final Path NATIVE = Path.of(System.getProperty("chagres.native.folder"));

    /// A function of the C table: name, then types of the result and of the parameters as Java has them.
    private record Prototype(String name, List<Class<?>> types) {}

    private static String table() throws IOException {
        return Files.readString(NATIVE.resolve("src/embed/table.h"));
    }

    private static String header() throws IOException {
        return Files.readString(NATIVE.resolve("include/chagres.h"));
    }

    private static List<Prototype> prototypes() throws IOException {
        return Pattern.compile("^  (\\w+ \\*?)\\(\\*(\\w+)\\)\\(([^)]*)\\);", Pattern.MULTILINE).matcher(table())
                .results().map((MatchResult m) -> new Prototype(m.group(2), Stream.concat(Stream.of(m.group(1)),
                        Stream.of(m.group(3).split(","))).<Class<?>>map(TableTest::type).toList()))
                .toList();
    }

    private static Class<?> type(String c) {
        if (c.contains("*")) {
            return MemorySegment.class;
        }
        return switch (c.strip().split(" ")[0]) {
            case "int32_t" -> int.class;
            case "int64_t", "uint64_t" -> long.class;
            case "double" -> double.class;
            default -> throw new IllegalArgumentException(c);
        };
    }

    private static Prototype prototype(String name, FunctionDescriptor type) {
        Stream<MemoryLayout> layouts = Stream.concat(type.returnLayout().stream(), type.argumentLayouts().stream());
        return new Prototype(name, layouts.<Class<?>>map(layout -> ((ValueLayout) layout).carrier()).toList());
    }

    private static Prototype prototype(Method method) {
        return new Prototype(method.getName(), Stream.concat(Stream.of(method.getReturnType()),
                Arrays.stream(method.getParameterTypes())).<Class<?>>map(type -> type).toList());
    }

    private static String camel(String snake) {
        return Pattern.compile("_([a-z])").matcher(snake).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
    }

    private static int number(String name) throws IOException {
        return Pattern.compile(name + " = (\\d+)").matcher(table()).results().map(m -> Integer.parseInt(m.group(1)))
                .findFirst().orElseThrow();
    }

    @Test
    void functionsHaveTheSameNamesOrderAndTypes() throws IOException {
        List<Prototype> c = prototypes();
        assertThat(c.subList(0, Host.FUNCTIONS.size())).containsExactlyElementsOf(
                Host.FUNCTIONS.stream().map(f -> prototype(f.name(), f.type())).toList());
        assertThat(c.subList(Host.FUNCTIONS.size(), c.size()).stream()
                .map(p -> new Prototype(camel(p.name()), p.types())).toList())
                .containsExactlyElementsOf(Calls.FUNCTIONS.stream().map(Table::method).map(TableTest::prototype)
                        .toList());
        assertThat(number("EMBED_FROM_C")).isEqualTo(Host.FUNCTIONS.size());
        assertThat(number("EMBED_FROM_JAVA")).isEqualTo(Calls.FUNCTIONS.size());
        assertThat(number("EMBED_VERSION")).isEqualTo(Table.VERSION);
        assertThat(number("EMBED_TEXT")).isEqualTo(HostMemory.TEXT_BYTES);
    }

    @Test
    void aTableOfAnotherVersionOrSizeIsRefused() throws IllegalAccessException {
        int[] right = {(int) Table.bytes(), Table.VERSION, Host.FUNCTIONS.size(), Calls.FUNCTIONS.size()};
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Table.fits(arena.allocateFrom(ValueLayout.JAVA_INT, right))).isTrue();
            for (int i = 0; i < right.length; i++) {
                int[] wrong = right.clone();
                wrong[i]++;
                MemorySegment table = arena.allocateFrom(ValueLayout.JAVA_INT, wrong);
                assertThat(Embedded.fill(table.address())).isEqualTo(Table.VERSION);
            }
        }
    }

    @Test
    void statusesAreThoseOfTheHeader() throws IOException {
        String statuses = header().split("enum chagres_status \\{")[1].split("};")[0];
        assertThat(Pattern.compile("CHAGRES_(\\w+) = (\\d+)").matcher(statuses).results()
                .map(m -> m.group(1) + "=" + m.group(2)).toList())
                .containsExactly(Arrays.stream(Status.values()).map(s -> s + "=" + s.code()).toArray(String[]::new));
    }

    @Test
    void theMachineHasTheCompilerSettingsOfTheLauncher() throws IOException {
        List<String> launcher = Files.readAllLines(NATIVE.resolve("../gpt2/cli/src/main/launcher/jvm.args")).stream()
                .filter(line -> line.startsWith("-XX:CompileCommand=") || line.startsWith("--")).toList();
        assertThat(launcher).isNotEmpty();
        assertThat(Files.readString(NATIVE.resolve("src/embed/jvm.c"))).contains(launcher.stream()
                .map(line -> '"' + line + '"').toList());
    }

    @Test
    void whateverIsThrownBecomesAStatusAndALine() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(HostMemory.TEXT_BYTES);
            long at = text.address();
            assertThat(Table.failed(new StackOverflowError(), at)).isEqualTo(Status.INTERNAL.code());
            assertThat(text.getString(0)).isEqualTo("internal error: StackOverflowError: the stack of a thread of the"
                    + " library is full");
            assertThat(Table.failed(new OutOfMemoryError("Java heap space"), at)).isEqualTo(Status.MEMORY.code());
            assertThat(text.getString(0)).startsWith("out of memory: Java heap space; ");
            assertThat(Table.failed(new IllegalArgumentException("two\n  lines"), at)).isEqualTo(Status.INPUT.code());
            assertThat(text.getString(0)).isEqualTo("two lines");
            assertThat(Table.failed(new IllegalArgumentException("\u00e9".repeat(600)), at))
                    .isEqualTo(Status.INPUT.code());
            assertThat(text.getString(0)).isEqualTo("\u00e9".repeat(511));
        }
    }
}
