package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusLineTest {
    private static final StatusLine LINE = new StatusLine("  12.3 s  prove             ", 0.5, " 50/100",
            "  about 14 s left", "  lookups 3/14");

    @Test
    void noWidthIsExceeded() {
        for (int columns = 1; columns < 120; columns++) {
            assertThat(LINE.fit(columns).length()).as("%d columns", columns)
                    .isLessThanOrEqualTo(Math.max(1, columns - 1));
            assertThat(new StatusLine("  12.3 s  calibrating on sixteen sequences", Double.NaN, "", "", "").fit(columns)
                    .length())
                    .isLessThanOrEqualTo(Math.max(1, columns - 1));
        }
    }

    /// Detail, remaining time, bar, spaces: in this order.
    @Test
    void whatMattersLeastGoesFirst() {
        assertThat(LINE.fit(120)).isEqualTo(
                "  12.3 s  prove              [############............] 50/100  about 14 s left  lookups 3/14");
        assertThat(LINE.fit(80))
                .isEqualTo("  12.3 s  prove              [############............] 50/100  about 14 s left");
        assertThat(LINE.fit(70)).isEqualTo("  12.3 s  prove              [############............] 50/100");
        assertThat(LINE.fit(50)).isEqualTo("  12.3 s  prove              [#####......] 50/100");
        assertThat(LINE.fit(40)).isEqualTo("  12.3 s  prove              50/100");
        assertThat(LINE.fit(24)).isEqualTo("12.3 s prove 50/100");
    }
}
