package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FactLinesTest {
    @Test
    void keysBecomeWordsAndObjectsLines() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("logitUnit", 4.5e-7);
        facts.put("seconds", 1.5);
        facts.put("memoryBytes", 1L << 30);
        facts.put("proofBytes", 1_467_940);
        facts.put("recent", true);
        facts.put("missing", null);
        facts.put("advice", List.of());
        facts.put("layers", List.of(Map.of("queryShift", 3), Map.of("queryShift", 4)));
        facts.put("name", "two\nlines");
        assertThat(FactLines.of(facts)).containsExactly(
                "logit unit           4.50e-07",
                "seconds              1.500",
                "memory               1024 MiB",
                "proof bytes          1467940",
                "recent               yes",
                "missing              none",
                "advice               none",
                "layers 0             query shift 3",
                "layers 1             query shift 4",
                "name                 two\n                     lines");
    }
}
