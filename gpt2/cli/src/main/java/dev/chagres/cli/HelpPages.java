package dev.chagres.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// How help looks: commands in groups, required options marked.
final class HelpPages {
    private static final char REQUIRED = '*';
    private static final String OTHER = "More";
    private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

    static {
        GROUPS.put("Prove", List.of("demo", "generate", "prove", "batch"));
        GROUPS.put("Check", List.of("verify", "audit", "inspect"));
        GROUPS.put("Model", List.of("quantize", "setup", "synth"));
        GROUPS.put("Machine", List.of("doctor", "bench"));
        GROUPS.put(OTHER, List.of("help", "man", "completion"));
    }

    private HelpPages() {}

    /// Sets the looks of a command and all below it.
    static void apply(CommandLine line) {
        mark(line);
        // picocli's own text starts with an empty line.
        line.getSubcommands().get("help").getCommandSpec().usageMessage()
                .description("Shows the options of a command.");
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, _ -> "");
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, HelpPages::commands);
    }

    private static void mark(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        spec.usageMessage().requiredOptionMarker(REQUIRED).abbreviateSynopsis(spec.parent() == null);
        if (spec.options().stream().anyMatch(OptionSpec::required)) {
            spec.usageMessage().footer(REQUIRED + " required");
        }
        line.getSubcommands().values().forEach(HelpPages::mark);
    }

    /// The groups with their commands.
    static Map<String, List<String>> groups(CommandLine line) {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        List<String> rest = new ArrayList<>(line.getSubcommands().keySet());
        rest.removeIf(name -> line.getSubcommands().get(name).getCommandSpec().usageMessage().hidden());
        GROUPS.forEach((group, names) -> {
            groups.put(group, new ArrayList<>(names.stream().filter(rest::contains).toList()));
            rest.removeAll(names);
        });
        groups.get(OTHER).addAll(rest);
        return groups;
    }

    private static String commands(Help help) {
        CommandLine line = help.commandSpec().commandLine();
        StringBuilder text = new StringBuilder();
        groups(line).forEach((group, names) -> {
            text.append(String.format("%n%s%n", group));
            for (String name : names) {
                String[] description = line.getSubcommands().get(name).getCommandSpec().usageMessage().description();
                text.append(String.format("  %-12s%s%n", name, description.length == 0 ? "" : description[0]));
            }
        });
        return text.append(System.lineSeparator()).toString();
    }
}
