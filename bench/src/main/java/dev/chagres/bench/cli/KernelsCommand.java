package dev.chagres.bench.cli;

import dev.chagres.bench.kernel.KernelReport;
import dev.chagres.bench.measure.Sampler;
import dev.chagres.cli.CommandException;
import dev.chagres.cli.ConsoleProgress;
import java.io.IOException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `bench kernels`: every kernel beside the recorded C limit.
@CommandLine.Command(name = "kernels",
        description = "Times the kernels on one thread, beside the recorded limits of C and the goals.")
final class KernelsCommand extends BenchCommand {
    @Option(names = "--quick", description = "Fewer samples and a shorter warm-up: a first impression.")
    private boolean quick;

    @Option(names = "--filter", paramLabel = "REGEX", defaultValue = "",
            description = "Only kernels in whose name and size this is found, such as 'Ext 2\\^14'.")
    private String filter;

    @Override
    protected int execute() throws IOException {
        checkJson();
        KernelReport report;
        try (ConsoleProgress progress = progress(false)) {
            report = KernelReport.measure(pattern(), quick ? Sampler.quick() : Sampler.full(), progress);
        }
        show(report.toText(), report.toJson());
        return OK;
    }

    private Pattern pattern() {
        try {
            return Pattern.compile(filter);
        } catch (PatternSyntaxException e) {
            throw new CommandException("--filter: " + e.getDescription() + " in '" + filter + "'", e);
        }
    }
}
