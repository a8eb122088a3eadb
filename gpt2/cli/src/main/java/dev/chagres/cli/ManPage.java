package dev.chagres.cli;

import dev.chagres.prove.build.Build;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The manual page chagres(1), made of what the help of all commands says.
final class ManPage {
    private static final int NO_BREAKS = 10_000;
    private static final Map<String, String> FILES = new LinkedHashMap<>();
    private static final Map<String, String> ENVIRONMENT = new LinkedHashMap<>();

    static {
        FILES.put("FILE.cgm", "An integer model, written by 'quantize'.");
        FILES.put("model.pk", "The proving key of a model, written by 'setup'; the prover's.");
        FILES.put("model.vk", "The verifying key of a model, written by 'setup'; what a verifier trusts.");
        FILES.put("FILE.proof", "A proof with its statement, written by 'prove' and 'batch'.");
        ENVIRONMENT.put("JAVA_HOME", "The JDK, if it is new enough; otherwise one is looked for.");
        ENVIRONMENT.put("CHAGRES_JVM_ARGS", "More options of the Java virtual machine, separated by blanks.");
        ENVIRONMENT.put("CHAGRES_DEBUG", "If set, a failure shows its stack trace.");
        ENVIRONMENT.put("TMPDIR", "Folder for reports of a virtual machine that crashed; /tmp by default.");
    }

    /// An option, what follows a '=', or the label of a parameter, in a synopsis.
    private static final Pattern SYNOPSIS = Pattern.compile(
            "(?<option>(?<![\\w-])--?[A-Za-z][\\w-]*)|(?<label>(?<==)[^\\s\\])]+|\\b[A-Z]{2,}\\b)");

    private final Roff page = new Roff();

    private ManPage() {}

    /// The page of a command tree, in roff with the macros of man(7). Widens the usage help of the tree: picocli breaks
    /// long synopses, also inside words.
    static String of(CommandLine root) {
        root.setUsageHelpWidth(NO_BREAKS);
        ManPage man = new ManPage();
        man.write(root);
        return man.page.toString();
    }

    private void write(CommandLine root) {
        CommandSpec spec = root.getCommandSpec();
        String name = spec.qualifiedName();
        String[] description = spec.usageMessage().description();
        String summary = plain(description[0]).replaceFirst("\\.$", "");
        page.macro("TH", name, "1", "", name + " " + Build.HERE.version(), "Chagres");
        page.request("nh").request("ad l"); // neither hyphens that nobody types nor wide gaps
        page.macro("SH", "NAME")
                .text(name + " - " + summary.substring(0, 1).toLowerCase(Locale.ROOT) + summary.substring(1));
        page.macro("SH", "SYNOPSIS");
        synopsis(spec);
        page.macro("SH", "DESCRIPTION");
        texts(description);
        page.text("Standard output carries the result and nothing else; progress and errors go to standard error.");
        page.macro("SH", "OPTIONS");
        arguments(spec);
        page.macro("SH", "COMMANDS");
        HelpPages.groups(root).values().stream().flatMap(List::stream)
                .forEach(command -> command(root.getSubcommands().get(command).getCommandSpec()));
        page.macro("SH", "EXIT STATUS");
        items(spec.usageMessage().exitCodeList());
        page.macro("SH", "ENVIRONMENT");
        items(ENVIRONMENT);
        page.macro("SH", "FILES");
        items(FILES);
    }

    private void command(CommandSpec spec) {
        page.macro("SS", spec.qualifiedName());
        synopsis(spec);
        page.macro("PP");
        texts(spec.usageMessage().description());
        arguments(spec);
    }

    private void synopsis(CommandSpec spec) {
        Help help = new Help(spec, Help.defaultColorScheme(Ansi.OFF));
        String arguments = help.synopsis(0).strip().substring(spec.qualifiedName().length());
        page.line(Roff.bold(spec.qualifiedName()) + " " + styled(arguments.strip().replaceAll("\\s+", " ")));
    }

    private static String styled(String synopsis) {
        StringBuilder line = new StringBuilder();
        int from = 0;
        for (MatchResult token : SYNOPSIS.matcher(synopsis).results().toList()) {
            line.append(Roff.escape(synopsis.substring(from, token.start())))
                    .append(token.group("option") != null ? Roff.bold(token.group()) : Roff.italic(token.group()));
            from = token.end();
        }
        return line.append(Roff.escape(synopsis.substring(from))).toString();
    }

    private void arguments(CommandSpec spec) {
        Help help = new Help(spec, Help.defaultColorScheme(Ansi.OFF));
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            if (!parameter.hidden()) {
                page.macro("TP").line(styled(label(help, parameter)));
                texts(parameter.description());
            }
        }
        List<OptionSpec> options = spec.options().stream().filter(o -> !o.hidden())
                .sorted(Comparator.comparing(o -> o.longestName().replaceFirst("^-+", ""))).toList();
        for (OptionSpec option : options) {
            String names = Stream.of(option.names()).map(Roff::bold).collect(Collectors.joining(", "));
            page.macro("TP").line(names + styled(label(help, option)));
            texts(option.description());
            if (option.required() && option.group() == null) { // of a group the synopsis says it
                page.text("Required.");
            }
        }
    }

    private static String label(Help help, ArgSpec argument) {
        return help.parameterLabelRenderer().renderParameterLabel(argument, Ansi.OFF, List.of()).toString();
    }

    private void items(Map<String, String> items) {
        items.forEach((item, text) -> page.macro("TP").line(Roff.bold(item)).text(plain(text)));
    }

    private void texts(String[] lines) {
        for (String line : lines) {
            page.text(plain(line));
        }
    }

    /// Without the formatting marks of picocli.
    private static String plain(String description) {
        return Ansi.OFF.string(String.format(description));
    }
}
