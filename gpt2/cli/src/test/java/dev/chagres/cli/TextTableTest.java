package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAreAligned() {
        TextTable table = new TextTable(1, "kernel", "rate", "");
        table.row("a", "10.25", "yes");
        table.row("longer name", "3", "");
        assertThat(table.toString()).isEqualTo("""
                kernel        rate
                a            10.25  yes
                longer name      3
                """);
    }

    @Test
    void aRowOfAnotherWidthIsRefused() {
        assertThatThrownBy(() -> new TextTable(0, "one", "two").row("1")).isInstanceOf(IllegalArgumentException.class);
    }
}
