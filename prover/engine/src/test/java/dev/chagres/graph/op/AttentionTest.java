package dev.chagres.graph.op;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The evaluation of attention against its definition, on queries and keys that no model would have.
class AttentionTest {
    private static final int ROWS = 150;

    private final AttentionFixture attention = new AttentionFixture(ROWS, 16);

    @ParameterizedTest
    @CsvSource({"1e-4, 127, 1", "1e-3, 127, 2", "1e-2, 20, 2", "3e-5, 5, 1"})
    void randomRows(double unit, int bound, int threads) {
        attention.randomise((long) (1 / unit), bound);
        attention.compile(unit);
        attention.check(threads, 7, 8, 9, 40, 64, 128, 131, ROWS);
    }

    @Test
    void equalScores() {
        attention.compile(1e-4);
        attention.check(2);
    }

    @Test
    void oneScoreFarFromAllOthers() {
        attention.randomise(5, 1);
        attention.set("k", 3, 127);
        for (int i = 0; i < ROWS; i += 2) {
            attention.set("q", i, i % 4 == 0 ? 127 : -127);
        }
        attention.compile(1e-4);
        attention.check(2, 5, 20);
    }

    @Test
    void oneSmallBlockOfOddHeads() {
        AttentionFixture small = new AttentionFixture(9, 5);
        small.randomise(9, 127);
        small.compile(1e-3);
        small.check(2, 1, 2, 9);
    }
}
