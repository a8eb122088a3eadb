package dev.chagres.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static void check(String encoding, String typed, String... arguments) {
        Arguments.check(arguments, encoding, typed == null ? null : typed.getBytes(UTF_8));
    }

    @Test
    void whatJavaCouldNotReadIsRefused() {
        assertThatThrownBy(() -> check("UTF-8", "x", "prove", "caf\uFFFD")).isInstanceOf(CommandException.class)
                .hasMessageContaining("argument 2").hasMessageContaining("--prompt-file");
        assertThatThrownBy(() -> check("UTF-8", "x", "a\uD800b")).isInstanceOf(CommandException.class);
        assertThatThrownBy(() -> check("UTF-8", "x", "a\uDC00")).isInstanceOf(CommandException.class);
        assertThatCode(() -> check("UTF-8", "x", "who?", "caf\u00E9", "\uD83D\uDE00")).doesNotThrowAnyException();
    }

    @Test
    void questionMarksOfAsciiAreRefusedIfTheyMayHaveBeenLetters() {
        assertThatThrownBy(() -> check("ANSI_X3.4-1968", "caf\u00E9", "caf??")).isInstanceOf(CommandException.class);
        assertThatThrownBy(() -> check("ANSI_X3.4-1968", null, "caf??")).isInstanceOf(CommandException.class);
        assertThatCode(() -> check("ANSI_X3.4-1968", "who?", "who?")).doesNotThrowAnyException();
    }
}
