package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

class JsonTextTest {
    /// @param name a text
    /// @param bits a number
    private record Step(String name, double bits) {}

    private static Map<String, Object> value() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a\"b\\c/d\n\r\t\b\f\u0001\u001f\u007f\u00e9\u2028\ud83d\ude00</script>");
        map.put("numbers", Arrays.asList(0, -1, Long.MIN_VALUE, 1e-9, 1.5, 100.0, 1e22, -0.0));
        map.put("ids", new int[] {1, 2, 3});
        map.put("none", null);
        map.put("perhaps", List.of(Optional.of("x"), Optional.empty(), OptionalDouble.of(2), OptionalDouble.empty()));
        map.put("yes", true);
        map.put("empty", List.of());
        map.put("emptyObject", Map.of());
        map.put("steps", List.of(new Step("x", 100.25), new Step("y", 1)));
        map.put("inner", Map.of("deep", Map.of("list", List.of(List.of(), new int[0]))));
        return map;
    }

    @Test
    void aLibraryReadsItAndWritesItTheSameWay() {
        ObjectMapper library = JsonMapper.builder().build();
        assertThat(JsonText.of(value(), false)).isEqualTo(library.writeValueAsString(value()));
        assertThat(JsonText.of(value(), true))
                .isEqualTo(library.writerWithDefaultPrettyPrinter().writeValueAsString(value()));
        assertThat(library.readTree(JsonText.of(value(), true))).isEqualTo(library.readTree(
                library.writeValueAsString(value())));
    }

    @Test
    void numbersThatDoNotExistAreNull() {
        assertThat(JsonText.of(List.of(Double.NaN, Double.NEGATIVE_INFINITY), false)).isEqualTo("[null,null]");
    }

    @Test
    void anotherKindOfValueIsRefused() {
        assertThatThrownBy(() -> JsonText.of(new Object(), false)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no JSON for class java.lang.Object");
    }
}
