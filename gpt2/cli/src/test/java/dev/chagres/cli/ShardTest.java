package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardTest {
    @Test
    void everyLineIsInOneShard() {
        for (int line = 1; line <= 20; line++) {
            int number = line;
            assertThat(IntStream.range(0, 3).filter(i -> Shard.of(i + "/3").has(number)).toArray())
                    .containsExactly((line - 1) % 3);
            assertThat(Shard.ALL.has(line)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3/3, shards count from 0; the last of 3 is 2/3", "0/0, at least one shard", "1, is not I/N",
        "-1/3, is not I/N", "1/3/5, is not I/N", "a/b, is not I/N", "1/12345678901, is not I/N", "' 1/3', is not I/N"})
    void whatIsNoShardIsRefused(String text, String cause) {
        assertThatThrownBy(() -> Shard.of(text)).isInstanceOf(CommandException.class)
                .hasMessageStartingWith("--shard " + text + ": ").hasMessageContaining(cause);
    }
}
