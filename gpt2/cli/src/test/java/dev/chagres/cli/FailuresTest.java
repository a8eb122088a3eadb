package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(2, "f: no such file or folder", new NoSuchFileException("f")),
                Arguments.of(2, "f: permission denied", new AccessDeniedException("f")),
                Arguments.of(2, "f: file name too long", new FileSystemException("f", null, "File name too long")),
                Arguments.of(2, "f: is a folder, not a file", new FileSystemException("f", null, "Is a directory")),
                Arguments.of(2, "f: no space left on the device",
                        new FileSystemException("f", null, "No space left on device")),
                Arguments.of(2, "f: cannot be used", new FileSystemException("f")),
                Arguments.of(2, "f: cannot be written: g: permission denied",
                        new UncheckedIOException("f: cannot be written", new AccessDeniedException("g"))),
                Arguments.of(2, "f: permission denied", new UncheckedIOException(new AccessDeniedException("f"))),
                Arguments.of(2, "reset by peer", new IOException("Reset by peer")),
                Arguments.of(2, "a b \\u001b[2J", new CommandException("a\n b \033[2J")),
                Arguments.of(3,
                        "internal error: OutOfMemoryError: Java heap space; give the machine a larger heap, for "
                        + "example CHAGRES_JVM_ARGS=-Xmx8g", new OutOfMemoryError("Java heap space")),
                Arguments.of(3,
                        "internal error: OutOfMemoryError: unable to create native thread; use fewer --threads or "
                        + "allow the process more of them (ulimit -u)",
                        new OutOfMemoryError("unable to create native thread")),
                Arguments.of(3,
                        "internal error: OutOfMemoryError: Map failed; free memory, or limit the process with "
                        + "--memory, where the command has it", new OutOfMemoryError("Map failed")),
                Arguments.of(3, "internal error: StackOverflowError; give its threads a larger stack, for example "
                        + "CHAGRES_JVM_ARGS=-Xss16m", new StackOverflowError()),
                Arguments.of(3,
                        "internal error: NoClassDefFoundError: a/B; the build is incomplete or changed while it ran; "
                        + "build again", new NoClassDefFoundError("a/B")),
                Arguments.of(3,
                        "internal error: InternalError: a fault occurred in an unsafe memory access operation; a file "
                        + "that is in use was cut, or its disk cannot be read",
                        new InternalError("a fault occurred in an unsafe memory access operation")),
                Arguments.of(3,
                        "internal error: IllegalStateException: a worker failed; give the machine a larger heap, for "
                        + "example CHAGRES_JVM_ARGS=-Xmx8g",
                        new IllegalStateException("a worker failed", new OutOfMemoryError("Java heap space"))),
                Arguments.of(3,
                        "internal error: NullPointerException: x; this is a fault of the program; CHAGRES_DEBUG=1 "
                        + "shows where", new NullPointerException("x")));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyFailureIsOneLine(int code, String line, Throwable failure) {
        StringWriter text = new StringWriter();
        assertThat(Failures.report("chagres x", failure, new PrintWriter(text))).isEqualTo(code);
        assertThat(text.toString()).isEqualTo("chagres x: " + line + System.lineSeparator());
    }

    @Test
    void debuggingShowsTheTrace() {
        StringWriter text = new StringWriter();
        System.setProperty("chagres.debug", "");
        try {
            Failures.report("chagres x", new IllegalStateException("y"), new PrintWriter(text));
        } finally {
            System.clearProperty("chagres.debug");
        }
        assertThat(text.toString()).contains("\tat ").contains("debuggingShowsTheTrace");
    }
}
