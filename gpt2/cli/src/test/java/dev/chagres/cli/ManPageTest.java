package dev.chagres.cli;

import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

class ManPageTest {
    private static final Set<String> MACROS = Set.of("TH", "SH", "SS", "PP", "TP", "nh", "ad");

    @TempDir
    private Path folder;

    private static CommandLine root() {
        return Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));
    }

    /// The part of the page from the heading of a command to the next heading.
    private static String section(String page, CommandSpec spec) {
        String heading = ".SS \"" + spec.qualifiedName() + "\"\n";
        assertThat(page).containsOnlyOnce(heading);
        String rest = page.substring(page.indexOf(heading) + heading.length());
        return rest.split("(?m)^\\.S[HS] ", 2)[0];
    }

    @Test
    void everyCommandHasItsOptionsAndParameters() {
        String page = run("man").out();
        assertThat(page).startsWith(".TH \"chagres\" \"1\" ").endsWith("\n");
        assertThat(page.lines().filter(l -> l.startsWith(".SH ")).toList()).containsExactly(".SH \"NAME\"",
                ".SH \"SYNOPSIS\"", ".SH \"DESCRIPTION\"", ".SH \"OPTIONS\"", ".SH \"COMMANDS\"", ".SH \"EXIT STATUS\"",
                ".SH \"ENVIRONMENT\"", ".SH \"FILES\"");
        for (CommandLine command : root().getSubcommands().values()) {
            CommandSpec spec = command.getCommandSpec();
            String section = section(page, spec);
            assertThat(section).contains(Roff.escape(spec.usageMessage().description()[0]));
            for (OptionSpec option : spec.options()) {
                String names = String.join(", ", Stream.of(option.names()).map(Roff::bold).toList());
                String label = option.arity().max() == 0 ? "" : "=" + Roff.italic(option.paramLabel());
                assertThat(section).contains(".TP\n" + names + label + "\n" + Roff.escape(option.description()[0]));
            }
            for (PositionalParamSpec parameter : spec.positionalParameters()) {
                assertThat(section).contains(Roff.escape(parameter.description()[0]));
            }
        }
        assertThat(page).contains(" \\fB\\-\\-out\\fR=\\fIFILE.proof\\fR \\fB\\-\\-pk\\fR=")
                .contains("\\fBchagres inspect\\fR [\\fB\\-h\\fR] [\\fB\\-\\-json\\fR] \\fIFILE\\fR\n")
                .contains(".TP\n\\fB\\-\\-out\\fR=\\fIFILE.proof\\fR\nThe proof.\nRequired.\n")
                .contains(".TP\n\\fB2\\fR\nWrong use or bad input.\n");
    }

    /// A line that starts with a control character by accident would vanish, and a bare backslash would change what
    /// follows.
    @Test
    void nothingIsARequestByAccident() {
        assertThat(run("man").out().lines().toList()).allSatisfy(line -> {
            assertThat(line).isNotBlank().doesNotStartWith("'").doesNotStartWith(" ").matches("[ -~]+");
            if (line.startsWith(".")) {
                assertThat(MACROS).contains(line.substring(1).split(" ")[0]);
                assertThat(line).matches("\\.([A-Z]+( \"[^\"]*\")*|nh|ad l)");
            } else {
                assertThat(line.replaceAll("\\\\(f[BIR]|-|e|&|\\((aq|dq|ga|ha|ti)|\\[u[0-9A-F]{4,6}])", ""))
                        .doesNotContain("\\").doesNotContainPattern("[-'\"`^~]");
            }
        });
    }

    @Test
    void plainTextStaysPlain() {
        String text = new Roff().text(".TH is no macro").text("'nor this").text("  indented\n.SH").text("")
                .text("a\\fB -- \"b\" `c` ^~ \u00e9\ud83d\ude00").macro("SH", "say \"-\"").toString();
        assertThat(text).isEqualTo("""
                \\&.TH is no macro
                \\(aqnor this
                indented .SH
                a\\efB \\-\\- \\(dqb\\(dq \\(gac\\(ga \\(ha\\(ti \\[u00E9]\\[u1F600]
                .SH "say \\(dq\\-\\(dq"
                """);
    }

    @Test
    void groffHasNothingToWarnOf() throws IOException, InterruptedException {
        Path page = Files.writeString(folder.resolve("chagres.1"), run("man").out());
        Path shown = folder.resolve("shown");
        Path warnings = folder.resolve("warnings");
        assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(d -> Files.isExecutable(Path.of(d, "groff"))),
                "SKIPPED: no groff here");
        Process groff = new ProcessBuilder(List.of("groff", "-man", "-Tascii", "-P-cbou", "-ww", page.toString()))
                .redirectOutput(shown.toFile()).redirectError(warnings.toFile()).start();
        assertThat(groff.waitFor()).isZero();
        assertThat(Files.readString(warnings)).isEmpty();
        assertThat(Files.readString(shown, StandardCharsets.US_ASCII))
                .containsSubsequence("chagres(1)", "NAME", "chagres - proves that", "chagres prove", "--prompt-file=FILE",
                        "'chagres bench --help'", "EXIT STATUS", "128+n");
    }
}
