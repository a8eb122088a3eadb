package dev.chagres.cli;

import dev.chagres.gpt2.evaluate.Evaluation;
import dev.chagres.gpt2.evaluate.EvaluationReport;
import dev.chagres.gpt2.evaluate.LastWords;
import dev.chagres.gpt2.evaluate.ReferenceCheck;
import dev.chagres.gpt2.evaluate.Window;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.prove.Engine;
import dev.chagres.semantics.DomainException;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerInfo;
import dev.chagres.tokenizer.Tokenizers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `evaluate`: what quantisation costs, measured on a text.
@CommandLine.Command(name = "evaluate",
        description = "Measures an integer model on a text, beside the float model that it was made from.")
final class EvaluateCommand extends Command {
    /// Tokens of a window unless more are asked for: memory grows with their square.
    private static final int WINDOW = 1024;

    @Option(names = "--model", required = true, paramLabel = "FILE.cgm", description = "The integer model.")
    private Path model;

    @Option(names = "--reference", paramLabel = "PATH",
            description = "The float model, as for quantize. Without it the integer model is measured alone.")
    private Path reference;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Task task;

    @Option(names = "--context", paramLabel = "N",
            description = "Tokens of a window; default: the context of the model, at most " + WINDOW + ".")
    private Integer context;

    @Option(names = "--stride", paramLabel = "N",
            description = "Tokens from one window to the next; default: a whole window. What an earlier window has"
                    + " predicted is not counted again.")
    private Integer stride;

    @Option(names = "--windows", paramLabel = "N", defaultValue = "0",
            description = "Only so many windows, or texts of --lambada, spread evenly; default: all.")
    private int windows;

    @Option(names = "--layers", description = "Also the errors of every layer against the float model.")
    private boolean layers;

    @Option(names = "--plot", paramLabel = "FILE.svg",
            description = "Draw perplexity and divergence by position in the window and, with --layers, errors.")
    private Path plot;

    @Mixin
    private ThreadOptions threads;

    /// What the model is measured on.
    private static final class Task {
        @Option(names = "--text", required = true, paramLabel = "FILE",
                description = "A text, or token ids for a model without a known tokenizer.")
        private Path text;

        @Option(names = "--lambada", required = true, paramLabel = "FILE.jsonl",
                description = "Texts whose last word is guessed: objects with the field 'text', one a line.")
        private Path lambada;
    }

    @Override
    int run() throws IOException {
        check();
        try (Engine engine = threads.engine(); Arena arena = Arena.ofShared(); ConsoleProgress progress = progress()) {
            progress.phase("load", 0);
            IntegerModel m = IntegerModelFile.map(model, arena);
            if (reference == null) {
                return evaluate(engine, m, Optional.empty(), progress);
            }
            try (ModelWeights weights = ModelWeights.open(reference)) {
                compare(m, weights.architecture());
                weights.notes().forEach(progress::note);
                return evaluate(engine, m, Optional.of(weights), progress);
            }
        }
    }

    /// Refuses a reference that is not the model's.
    private void compare(IntegerModel m, Architecture architecture) throws IOException {
        try {
            ReferenceCheck.check(m, architecture);
        } catch (IllegalArgumentException e) {
            throw new CommandException(model + " and " + reference + ": " + e.getMessage(), e);
        }
        TokenizerInfo own = m.tokenizer().withChat(Optional.empty());
        TokenizerInfo other = Tokenizers.of(reference, architecture.vocabulary()).info().withChat(Optional.empty());
        if (!own.equals(other)) {
            throw new CommandException(model + " and " + reference + " have different tokenizers, " + own.describe()
                    + " and " + other.describe() + "; give the model that it was made from");
        }
    }

    /// Refuses what cannot end well before anything is loaded.
    private void check() throws IOException {
        Inputs.regular(model);
        Inputs.present(task.text == null ? task.lambada : task.text);
        if (reference != null) {
            Inputs.exists(reference);
        }
        if (context != null && context < 2) {
            throw new CommandException("--context must be at least 2, not " + context);
        }
        if (stride != null && stride < 1) {
            throw new CommandException("--stride must be at least 1, not " + stride);
        }
        if (windows < 0) {
            throw new CommandException("--windows must be at least 1, not " + windows);
        }
        if (layers && reference == null) {
            throw new CommandException("--layers compares with the float model; name it with --reference");
        }
        if (task.lambada != null && (layers || plot != null || context != null || stride != null)) {
            throw new CommandException("--layers, --plot, --context and --stride go with --text, not with --lambada");
        }
        if (plot != null) {
            Outputs.check(plot);
        }
    }

    /// @return [#REJECTED] if there are windows or texts outside the domain beside those that have figures
    private int evaluate(Engine engine, IntegerModel m, Optional<ModelWeights> floats, ConsoleProgress progress)
            throws IOException {
        long start = System.nanoTime();
        List<String> notes = floats.map(ModelWeights::notes).orElse(List.of());
        List<LastWords.Text> texts = task.lambada == null ? List.of() : LastWordTexts.read(
                task.lambada, tokenizer(m), m.shape().context(), windows);
        List<Window> spread = task.lambada == null ? windows(m) : List.of();
        int rows = Math.max(spread.stream().mapToInt(Window::rows).max().orElse(0),
                texts.stream().mapToInt(t -> t.ids().length - 1).max().orElse(0));
        checkMemory(engine, m, rows, progress);
        try (Evaluation evaluation = new Evaluation(engine, m)) {
            floats.ifPresent(weights -> evaluation.reference(new FloatModel(weights)));
            if (layers) {
                evaluation.layers();
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("model", model.toString());
            result.put("reference", reference == null ? null : reference.toString());
            if (task.lambada != null) {
                LastWords.Report report = measured(() -> LastWords.run(evaluation, texts, progress), task.lambada,
                        texts.size() + " texts");
                progress.end();
                result.put("text", task.lambada.toString());
                EvaluationFacts.put(report, result);
                result.put("warnings", notes);
                result.put("seconds", (System.nanoTime() - start) / 1e9);
                show(result, EvaluationLines.of(report, model, task.lambada));
                return report.outside().isEmpty() ? OK : REJECTED;
            }
            EvaluationReport report = measured(() -> evaluation.run(spread, progress), task.text,
                    spread.size() + " windows");
            if (plot != null) {
                progress.phase("plot", 0);
                Outputs.write(plot, EvaluationPlot.svg(report));
            }
            progress.end();
            result.put("text", task.text.toString());
            result.put("context", window(m));
            result.put("stride", stride(m));
            EvaluationFacts.put(report, task.text.toString(), result);
            List<String> warnings = new ArrayList<>(notes);
            warnings.addAll(EvaluationFacts.warnings(report, task.text.toString()));
            result.put("warnings", warnings);
            result.put("seconds", (System.nanoTime() - start) / 1e9);
            show(result, EvaluationLines.of(report, model, task.text, window(m), stride(m)));
            return report.outside().isEmpty() ? OK : REJECTED;
        }
    }

    /// @throws CommandException if nothing stays in the domain of the integer program
    private <R> R measured(Supplier<R> run, Path text, String sequences) {
        try {
            return run.get();
        } catch (DomainException e) {
            throw new CommandException(model + " on " + text + ": all of " + sequences + " are outside the domain of"
                    + " the integer program, so there is nothing to measure; the first: " + e.getMessage(), e);
        }
    }

    /// Says what the longest sequence takes, and refuses one that this machine cannot hold beside the model.
    private void checkMemory(Engine engine, IntegerModel m, int rows, ConsoleProgress progress) throws IOException {
        long values = engine.inferenceBytes(new ModelKeySource(m).spec(), rows);
        // The model is there twice, as the mapped file and in the layout of the engine.
        long needed = values + 2 * Files.size(model);
        progress.note(rows + " rows at a time, " + mebibytes(values) + " of integers");
        refuseBeyond(SystemFacts.memoryBytes(), needed, model + ": " + rows + " rows at a time",
                task.lambada == null ? "give a smaller --context" : "shorten the texts");
    }

    /// @param memory of the machine, 0 where it is not known
    /// @throws CommandException naming the need and the cure if there is less memory
    static void refuseBeyond(long memory, long needed, String what, String cure) {
        if (memory > 0 && needed > memory) {
            throw new CommandException(what + " need about " + mebibytes(needed) + " of memory, this machine has "
                    + mebibytes(memory) + "; " + cure);
        }
    }

    private static String mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20) + " MiB";
    }

    private Tokenizer tokenizer(IntegerModel m) {
        return m.tokenizer().tokenizer().orElseThrow(() -> new CommandException(model
                + ": this model has no known tokenizer, so --lambada cannot be used; give token ids with --text"));
    }

    private int window(IntegerModel m) {
        int size = context == null ? Math.min(WINDOW, m.shape().context()) : context;
        if (size > m.shape().context()) {
            throw new CommandException(model + ": --context must be 2 to " + m.shape().context()
                    + ", the context of this model, not " + size);
        }
        return size;
    }

    private int stride(IntegerModel m) {
        int size = stride == null ? window(m) : stride;
        if (size < 1 || size > window(m)) {
            throw new CommandException("--stride must be 1 to " + window(m) + ", the window, not " + size);
        }
        return size;
    }

    /// @throws CommandException naming the file if it is too short or the tokenizer refuses its text
    private List<Window> windows(IntegerModel m) throws IOException {
        int[] ids = m.tokenizer().tokenizer().isPresent()
                ? Texts.encodeFile(m.tokenizer().tokenizer().get(), task.text) : Texts.readIds(task.text);
        try {
            return Window.of(ids, window(m), stride(m), windows);
        } catch (IllegalArgumentException e) {
            throw new CommandException(task.text + ": " + e.getMessage(), e);
        }
    }

    private void show(Map<String, Object> result, List<String> lines) {
        if (json()) {
            printJson(result);
        } else {
            lines.forEach(out()::println);
            out().flush();
        }
    }
}
