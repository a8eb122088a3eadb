package dev.chagres.cli;

import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chagres.cli.Commands.Outcome;
import dev.chagres.prove.build.Build;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// What holds for every command: help, version, wrong use, failures.
class MainTest {
    @TempDir
    private Path folder;

    private static CommandLine line() {
        return Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));
    }

    @Test
    void everyCommandIsInOneGroupOfTheHelp() {
        CommandLine line = line();
        List<String> listed = new ArrayList<>();
        HelpPages.groups(line).values().forEach(listed::addAll);
        assertThat(listed).containsExactlyInAnyOrderElementsOf(line.getSubcommands().keySet());
        Outcome o = run("help");
        assertThat(o.code()).isZero();
        assertThat(o.out())
                .containsSubsequence("Prove", "  prove ", "Check", "  verify ", "Model", "  quantize ", "Machine",
                "  bench ", "Exit codes").doesNotContain("%n");
        assertThat(run().out()).isEqualTo(o.out());
        assertThat(run("--help").out()).isEqualTo(o.out());
    }

    @Test
    void requiredOptionsAreMarkedAndDefaultsSaid() {
        for (CommandLine command : line().getSubcommands().values()) {
            String usage = run("help", command.getCommandName()).out();
            for (OptionSpec option : command.getCommandSpec().options()) {
                if (option.required() && option.group() == null) { // of a group, one is required
                    assertThat(usage).containsPattern("(?m)^\\* +" + option.longestName()).contains("* required");
                }
                if (option.defaultValue() != null) {
                    assertThat(String.join(" ", option.description())).contains("default");
                }
            }
        }
        assertThat(run("help", "prove").out()).isEqualTo(run("prove", "--help").out());
    }

    @Test
    void theVersionNamesProgramAndJdk() {
        assertThat(run("--version").out()).startsWith("chagres " + Build.HERE.version())
                .contains("JDK " + Runtime.version());
        assertThat(run("-V").out()).isEqualTo(run("--version").out());
        assertThat(BuildFacts.read().runsOn(Runtime.version())).isTrue();
        assertThat(BuildFacts.read().runsOn(Runtime.Version.parse("25.0.2"))).isFalse();
    }

    @Test
    void wrongUseIsExplainedInOneLine() {
        assertWrong("chagres: unknown command 'verfy'; did you mean verify?", "verfy");
        assertWrong("chagres: unknown option '--jsn'; see --help", "--jsn");
        assertWrong("chagres doctor: unexpected argument 'x'; see --help", "doctor", "x");
        assertWrong("chagres doctor: unknown option '--jso'; did you mean --json?", "doctor", "--jso");
        assertWrong("chagres inspect: Missing required parameter: 'FILE'; see --help", "inspect");
        assertWrong("chagres doctor: unexpected argument 'a\\u001b[2J b'; see --help", "doctor", "a\033[2J\nb");
        assertWrong("chagres completion: no completion for 'fish'; there is one for bash and zsh", "completion",
                "fish");
        assertWrong("chagres bench: the benchmarks are not on this class path; start the launcher, ./chagres bench",
                "bench", "kernels", "--quick");
        Outcome both = run("prove", "--pk", "k", "--generate", "1", "--out", "o", "--prompt", "a", "--ids", "b");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).startsWith("chagres prove: ").doesNotContain("Error:").contains("--prompt")
                .hasLineCount(1);
    }

    private static void assertWrong(String message, Object... words) {
        Outcome o = run(words);
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).isEqualTo(message + System.lineSeparator());
        assertThat(o.out()).isEmpty();
    }

    @Test
    void theCompletionScriptKnowsAllCommands() throws IOException, InterruptedException {
        String script = run("completion", "bash").out();
        assertThat(script).contains("verify").contains("--prompt-file");
        Process bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
        try (var in = bash.getOutputStream()) {
            in.write(script.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
        assertThat(bash.waitFor()).isZero();
    }

    @Test
    void aResultThatCannotBeWrittenIsNoSuccess() {
        Writer full = new Writer() {
            @Override
            public void write(char[] text, int from, int count) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        for (String command : List.of("doctor", "help", "--version")) {
            StringWriter err = new StringWriter();
            int code = Main.commandLine(new PrintWriter(full, true), new PrintWriter(err, true)).execute(command);
            assertThat(code).as(command).isEqualTo(2);
            assertThat(err.toString()).hasLineCount(1).contains("could not be written");
        }
    }

    @CommandLine.Command(name = "breaking")
    static final class Breaking extends CommandBase {
        @CommandLine.Parameters
        private String how;

        @Override
        protected int execute() {
            switch (how) {
                case "stack" -> throw new StackOverflowError();
                case "heap" -> throw new OutOfMemoryError("Java heap space");
                case "class" -> throw new NoClassDefFoundError("a/B");
                default -> throw new IllegalStateException(how);
            }
        }
    }

    /// 1 is the exit code of a verdict, whatever else happens.
    @Test
    void whatBreaksDownIsNoVerdict() {
        for (String how : List.of("stack", "heap", "class", "bug")) {
            StringWriter err = new StringWriter();
            int code = Main.commandLine(new Breaking(), new PrintWriter(new StringWriter()), new PrintWriter(err))
                    .execute(how);
            assertThat(code).as(how).isEqualTo(3);
            assertThat(err.toString()).startsWith("breaking: internal error: ").hasLineCount(1);
        }
    }

    /// In a process of its own: the real streams, the real heap, arguments as bytes.
    @Test
    void aProcessSaysWhatHappened() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "SKIPPED: no /dev/full here");
        assertThat(java("C.UTF-8", Path.of("/dev/full"), List.of(), "doctor")).isEqualTo(2);
        assertThat(err()).contains("could not be written");
        assertThat(java("C", folder.resolve("out"), List.of(), "inspect", "caf\\303\\251")).isEqualTo(2);
        assertThat(err()).contains("argument 2").contains("--prompt-file");
        assertThat(java("C", folder.resolve("out"), List.of(), "inspect", "who?")).isEqualTo(2);
        assertThat(err()).contains("who?: no such file");
        Path key = Files.write(folder.resolve("x.vk"), new byte[1 << 24]);
        assertThat(java("C.UTF-8", folder.resolve("out"), List.of("-Xmx9m", "-XX:+UseSerialGC"), "verify", "--vk",
                key.toString(),
                "--proof", key.toString())).isEqualTo(3);
        assertThat(err()).contains("internal error: OutOfMemoryError").contains("CHAGRES_JVM_ARGS")
                .doesNotContain("\tat ");
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    /// Replaces the last word by the bytes that `printf` makes of it, whatever the locale of this process.
    private static final String BYTES = "for last; do :; done; word=$(printf \"$last\"); n=$#; i=0; "
            + "for w; do i=$((i + 1)); shift; [ $i = $n ] && w=$word; set -- \"$@\" \"$w\"; done; exec \"$0\" \"$@\"";

    private int java(String locale, Path out, List<String> flags, String... words) throws IOException,
            InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", BYTES,
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("LC_ALL", locale);
        return builder.start().waitFor();
    }
}
