package dev.chagres.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CLimitsTest {
    private static final String FILE = """
            # a comment

            # cpu: First (family 6, model 1, stepping 1)
            # compiler: gcc 12.2.0
            # flags: -O3 -march=native
            mulBase\t2^14\tsame\tGelem/s\t6.5\t7.25
            mulBase\t2^14\tother\tGelem/s\t8\t9
            # cpu: Second
            # compiler: gcc 14
            # flags: -O3
            mulBase\t2^14\tsame\tGelem/s\t3\t4
            """;

    private static CLimits parse(String text) {
        return CLimits.parse(text.lines().toList());
    }

    @Test
    void everyProcessorHasItsPart() {
        CLimits limits = parse(FILE);
        assertThat(limits.parts()).extracting(CLimits.Part::compiler).containsExactly("gcc 12.2.0", "gcc 14");
        CLimits.Part first = limits.of("First (family 6, model 1, stepping 1)").orElseThrow();
        assertThat(first.same("mulBase", "2^14")).contains(
                new CLimits.Limit("mulBase", "2^14", "same", "Gelem/s", 6.5, 7.25));
        assertThat(first.fastest("mulBase", "2^14").orElseThrow().variant()).isEqualTo("other");
        assertThat(first.same("mulBase", "2^15")).isEmpty();
        assertThat(limits.of("Second").orElseThrow().flags()).isEqualTo("-O3");
    }

    @Test
    void anotherProcessorGetsTheFirstPart() {
        assertThat(parse(FILE).of("Third").orElseThrow().cpu()).startsWith("First");
        assertThat(parse("# nothing\n").of("Third")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "mulBase\t2^14\tsame\tGelem/s\t6.5\t7.25",
        "# cpu: a\n# flags: b\n",
        "# cpu: a\n# compiler: b",
        "# cpu: a\n# compiler: b\n# flags: c\nmulBase\t2^14\tsame\t6.5\t7.25",
        "# cpu: a\n# compiler: b\n# flags: c\nmulBase\t2^14\tsame\tGelem/s\t6.5\tfast"})
    void aDamagedFileIsRefusedWithItsLine(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("line");
    }

    @Test
    void theRecordedFileHoldsPositiveRates() {
        List<CLimits.Part> parts = CLimits.recorded().parts();
        assertThat(parts).isNotEmpty();
        assertThat(parts).allSatisfy(p -> assertThat(p.limits()).isNotEmpty()
                .allMatch(l -> l.median() > 0 && l.best() >= l.median()));
    }
}
