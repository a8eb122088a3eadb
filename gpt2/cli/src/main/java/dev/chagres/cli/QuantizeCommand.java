package dev.chagres.cli;

import dev.chagres.gpt2.evaluate.CheckedRun;
import dev.chagres.gpt2.evaluate.Evaluation;
import dev.chagres.gpt2.evaluate.ModelMatrices;
import dev.chagres.gpt2.evaluate.Suspicions;
import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.quantize.QuantizationException;
import dev.chagres.gpt2.quantize.QuantizationReport;
import dev.chagres.gpt2.quantize.Quantizer;
import dev.chagres.gpt2.quantize.QuantizerOptions;
import dev.chagres.gpt2.quantize.SampleText;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.prove.Engine;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.tokenizer.FoundTokenizer;
import dev.chagres.tokenizer.Tokenizer;
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
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `quantize`: a Hugging Face folder or a GGUF file to an integer model.
@CommandLine.Command(name = "quantize", description = {
    "Turns a model of the GPT-2 or Llama family into an integer model:",
    "a folder (config.json, safetensors) or a GGUF file."})
final class QuantizeCommand extends Command {
    private static final String RANDOM = "random ids";
    private static final String OWN_TEXT = "the text of this program";
    private static final int WINDOW = 256;
    private static final int CALIBRATION_WINDOWS = 16;
    private static final int VALIDATION_WINDOWS = 4;

    @Option(names = "--model", required = true, paramLabel = "DIR|FILE.gguf",
            description = "Folder or GGUF file of the float model.")
    private Path model;

    @Option(names = "--calibration", paramLabel = "FILE", description = {
        "Text that shows the ranges of activations, or token ids for a model without a known tokenizer.",
        "Without it ranges come from a short text of this program, or from random ids if the model has no tokenizer",
        "for it; text like that of its use fits better."})
    private Path calibration;

    @Option(names = "--accuracy", paramLabel = "LEVEL", defaultValue = "standard", description = {
        "standard or high; default: ${DEFAULT-VALUE}. High has more bits of queries and keys; its proofs have larger",
        "tables."})
    private String accuracy;

    @Option(names = "--context", paramLabel = "N", description = {
        "Longest sequence of the integer model, at most the float model's;",
        "default: the float model's, at most " + QuantizerOptions.CONTEXT + "."})
    private Integer context;

    @Option(names = "--validation", paramLabel = "FILE",
            description = "Text on which the integer model is compared; default: the calibration text.")
    private Path validation;

    @Option(names = "--out", required = true, paramLabel = "FILE.cgm", description = "The integer model.")
    private Path out;

    @Option(names = "--name", paramLabel = "TEXT",
            description = "Name of the model, also in its keys; default: that of the folder.")
    private String name;

    @Override
    int run() throws IOException {
        WholeFile.removeStale(out);
        try (ModelWeights weights = ModelWeights.open(model); WholeFile file = WholeFile.create(out);
                Arena arena = Arena.ofShared(); ConsoleProgress progress = progress()) {
            QuantizerOptions options = options(weights.architecture());
            Architecture config = weights.architecture().withContext(options.context());
            FoundTokenizer found = Tokenizers.of(model, config.vocabulary());
            Optional<Tokenizer> tokenizer = found.info().tokenizer();
            Optional<int[]> standard = tokenizer.flatMap(t -> SampleText.standard(config, t));
            List<int[]> samples = new ArrayList<>(calibration != null
                    ? windows(config, tokenizer, calibration, CALIBRATION_WINDOWS)
                    : standard.map(ids -> SampleText.windows(config, ids, WINDOW, CALIBRATION_WINDOWS))
                            .orElseGet(() -> Quantizer.randomCalibration(config, 1)));
            samples.addAll(SampleText.control(config, found.info(), samples.getFirst(), WINDOW, progress::note));
            // Read now, so that hours of work are not lost to a name.
            Path text = validation != null ? validation : calibration;
            List<int[]> compared = text != null ? windows(config, tokenizer, text, VALIDATION_WINDOWS)
                    : standard.map(ids -> SampleText.windows(config, ids, WINDOW, VALIDATION_WINDOWS)).orElseGet(
                            () -> List.of(Texts.random(config.vocabulary(), Math.min(config.context(), 32), 2)));
            progress.note("tokenizer: " + found.note());
            weights.notes().forEach(progress::note);
            Quantizer quantizer = new Quantizer(weights, options, message -> progress.phase(message, 0));
            IntegerModel integer = quantizer.quantise(arena, name(), found.info(), samples);
            progress.phase("write", 0);
            IntegerModelFile.write(integer, file);
            progress.phase("compare", 0);
            QuantizationReport report;
            List<String> warnings = new ArrayList<>();
            try (Engine engine = Engine.create(); Evaluation evaluation = new Evaluation(engine, integer)) {
                CheckedRun run = new CheckedRun(evaluation);
                report = QuantizationReport.compare(
                        new FloatModel(weights), run::forward, integer.logitUnit(), compared);
                warnings.addAll(Suspicions.ranges(run.ranges(), named(text, standard.isEmpty())));
                warnings.addAll(Suspicions.writes(run.writes(), named(text, standard.isEmpty())));
            }
            boolean random = calibration == null && standard.isEmpty();
            report = random ? report.calibratedOnRandomIds() : report;
            warnings.addAll(Suspicions.matrices(ModelMatrices.scales(integer)));
            warnings.addAll(report.warnings());
            progress.end();
            String ranges = named(calibration, random);
            print(integer, report, ranges, text, weights.notes(), warnings);
        }
        return OK;
    }

    /// @throws CommandException if the accuracy is none there is, or the context is out of range
    private QuantizerOptions options(Architecture architecture) {
        QuantizerOptions options = switch (accuracy) {
            case "standard" -> QuantizerOptions.standard(architecture);
            case "high" -> QuantizerOptions.high(architecture);
            default -> throw new CommandException("--accuracy " + accuracy + " is neither standard nor high");
        };
        if (context == null) {
            return options;
        }
        if (context < 1 || context > architecture.context()) {
            throw new CommandException(
                    "--context " + context + " is not in 1.." + architecture.context() + ", the context of the model");
        }
        return options.withContext(context);
    }

    /// What a message calls a text.
    ///
    /// @param text   null if none was given
    /// @param random whether the text of this program cannot stand for it
    static String named(Path text, boolean random) {
        return text != null ? text.toString() : random ? RANDOM : OWN_TEXT;
    }

    private String name() {
        if (name != null) {
            return name;
        }
        Path folder = model.toAbsolutePath().normalize().getFileName();
        return folder == null ? "model" : folder.toString();
    }

    /// Windows of a text or of token ids.
    ///
    /// @throws CommandException naming the file if the tokenizer refuses its text, there are too few tokens, or no ids
    ///     where ids are needed
    private static List<int[]> windows(Architecture config, Optional<Tokenizer> tokenizer, Path file, int count)
            throws IOException {
        int[] ids = tokenizer.isPresent() ? Texts.encodeFile(tokenizer.get(), file) : ids(file);
        try {
            return SampleText.windows(config, ids, WINDOW, count);
        } catch (QuantizationException e) {
            throw new CommandException(file + ": " + e.getMessage(), e);
        }
    }

    private static int[] ids(Path file) throws IOException {
        try {
            return Texts.readIds(file);
        } catch (CommandException e) {
            throw new CommandException(
                    e.getMessage() + "; this model has no tokenizer, so this file must hold token ids", e);
        }
    }

    /// @param ranges   what the model was calibrated on
    /// @param compared the text of the comparison, null if that is what it was calibrated on and no file
    /// @param notes    of the loader, which have been shown
    private void print(IntegerModel m, QuantizationReport report, String ranges, Path compared, List<String> notes,
            List<String> warnings) throws IOException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("model", m.name());
        result.put("layers", m.shape().layers());
        result.put("width", m.shape().width());
        result.put("vocabulary", m.shape().vocab());
        result.put("context", m.shape().context());
        result.put("residualFractionBits", m.residualFractionBits());
        result.put("accuracy", accuracy);
        result.put("calibration", calibration == null ? null : calibration.toString());
        result.put("comparedOn", compared == null ? null : compared.toString());
        result.put("rowsCompared", report.rows());
        result.put("topOneAgreement", report.topOneAgreement());
        result.put("perplexityChange", report.perplexityChange());
        result.put("meanDivergence", report.meanDivergence());
        result.put("warnings", Stream.concat(notes.stream(), warnings.stream()).toList());
        result.put("bytes", Files.size(out));
        if (json()) {
            printJson(result);
            return;
        }
        out().println(out + ": " + m.shape().layers() + " layers, width " + m.shape().width() + ", "
                + m.shape().vocab() + " tokens, context " + m.shape().context() + ", residual unit 2^-"
                + m.residualFractionBits());
        for (int l = 0; l < m.layers().size(); l++) {
            IntegerLayer y = m.layers().get(l);
            out().println("layer " + l + ": shifts q " + y.query().shift() + ", k " + y.key().shift() + ", v "
                    + y.value().shift() + ", o " + y.output().shift() + ", up " + y.mlp().up().shift() + ", down "
                    + y.down().shift() + "; proved intervals q " + y.query().acc() + ", up " + y.mlp().up().acc()
                    + ", down " + y.down().acc());
        }
        out().println("calibrated on " + ranges + ", compared on "
                + (compared == null ? ranges : compared) + ": " + report.summary());
        warnings.forEach(out()::println);
    }
}
