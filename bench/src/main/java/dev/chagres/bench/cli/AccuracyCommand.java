package dev.chagres.bench.cli;

import dev.chagres.bench.accuracy.AccuracyCase;
import dev.chagres.bench.accuracy.AccuracyRun;
import dev.chagres.bench.accuracy.AccuracyTable;
import dev.chagres.cli.CommandException;
import dev.chagres.cli.ConsoleProgress;
import dev.chagres.cli.EvaluationFacts;
import dev.chagres.cli.EvaluationPlot;
import dev.chagres.cli.ThreadOptions;
import dev.chagres.gpt2.evaluate.EvaluationReport;
import dev.chagres.prove.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `bench accuracy`: what quantisation costs, for all models of a data folder.
@CommandLine.Command(name = "accuracy",
        description = "Quantises and evaluates the models of a data folder: the tables and plots of docs/accuracy.md.")
final class AccuracyCommand extends BenchCommand {
    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder with models and texts.")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "DIR",
            description = "Where accuracy.md and a plot for each model go.")
    private Path out;

    @Option(names = "--windows", paramLabel = "N", defaultValue = "0",
            description = "Only so many windows of every text, spread evenly; default: all.")
    private int windows;

    @Mixin
    private ThreadOptions threads;

    @Override
    protected int execute() throws IOException {
        checkJson();
        if (!Files.isDirectory(data)) {
            throw new CommandException("--data " + data + " is not a folder");
        }
        if (windows < 0) {
            throw new CommandException("--windows must be at least 1, not " + windows);
        }
        Files.createDirectories(out);
        AccuracyTable table = new AccuracyTable();
        Map<String, Object> figures = new LinkedHashMap<>();
        int skipped = 0;
        try (Engine engine = Engine.builder().threads(threads.count()).build();
                ConsoleProgress progress = progress(false)) {
            for (AccuracyCase c : AccuracyCase.all()) {
                List<String> missing = c.missing(data);
                if (!missing.isEmpty()) {
                    skipped++;
                    err().println("SKIPPED: " + c.name() + ", " + data + " has no " + String.join(", ", missing));
                    continue;
                }
                EvaluationReport report = AccuracyRun.measure(c, data, windows, engine, progress);
                table.add(c, report);
                Map<String, Object> one = new LinkedHashMap<>();
                EvaluationFacts.put(report, c.evaluation().toString(), one);
                figures.put(c.name().replace("-", ""), one);
                Files.write(out.resolve(c.name() + ".svg"), EvaluationPlot.svg(report));
            }
        }
        if (skipped == AccuracyCase.all().size()) {
            throw new CommandException("--data " + data + ": no model of docs/accuracy.md is there");
        }
        Files.writeString(out.resolve("accuracy.md"), table.toString());
        show(table.toString(), figures);
        return OK;
    }
}
