package dev.chagres.cli;

import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.quantize.QuantizationException;
import dev.chagres.gpt2.quantize.QuantizationReport;
import dev.chagres.gpt2.quantize.Quantizer;
import dev.chagres.gpt2.quantize.QuantizerOptions;
import dev.chagres.gpt2.quantize.SampleText;
import dev.chagres.gpt2.quantize.WeightSource;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.Gpt2Weights;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.tokenizer.FoundTokenizer;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.Tokenizers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `quantize`: a Hugging Face folder to an integer model.
@CommandLine.Command(name = "quantize",
        description = "Turns a GPT-2 folder (config.json, safetensors) into an integer model.")
final class QuantizeCommand extends Command {
    private static final int WINDOW = 128;
    private static final int CALIBRATION_WINDOWS = 16;
    private static final int VALIDATION_WINDOWS = 4;
    /// A token and the one that follows.

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Folder of the float model.")
    private Path model;

    @Option(names = "--calibration", paramLabel = "FILE", description = {
        "Text that shows the ranges of activations, or token ids for a model without a known tokenizer.",
        "Without it ranges come from random ids; real text may then fit worse."})
    private Path calibration;

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
        try (Gpt2Weights weights = Gpt2Weights.open(model); WholeFile file = WholeFile.create(out);
                Arena arena = Arena.ofShared(); ConsoleProgress progress = progress()) {
            FoundTokenizer found = Tokenizers.of(model, weights.config().vocabulary());
            Optional<Tokenizer> tokenizer = found.info().tokenizer();
            Architecture config = weights.config();
            List<int[]> samples = calibration == null
                    ? Quantizer.randomCalibration(config, 1)
                    : windows(config, tokenizer, calibration, CALIBRATION_WINDOWS);
            // Read now, so that hours of work are not lost to a name.
            Path text = validation != null ? validation : calibration;
            List<int[]> compared = text == null
                    ? List.of(Texts.random(config.vocabulary(), Math.min(config.context(), 32), 2))
                    : windows(config, tokenizer, text, VALIDATION_WINDOWS);
            progress.note("tokenizer: " + found.note());
            Quantizer quantizer = new Quantizer(WeightSource.of(weights), QuantizerOptions.STANDARD,
                    message -> progress.phase(message, 0));
            IntegerModel integer = quantizer.quantise(arena, name(), found.info(), samples);
            progress.phase("write", 0);
            IntegerModelFile.write(integer, file);
            progress.phase("compare", 0);
            QuantizationReport report = QuantizationReport.compare(new FloatModel(weights), integer, compared);
            progress.end();
            print(integer, calibration == null ? report.calibratedOnRandomIds() : report);
        }
        return OK;
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
    /// @throws CommandException naming the file if the tokenizer refuses its text, there are too few tokens, or no ids where ids
    ///     are needed
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

    private void print(IntegerModel m, QuantizationReport report) throws IOException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("model", m.name());
        result.put("layers", m.shape().layers());
        result.put("width", m.shape().width());
        result.put("vocabulary", m.shape().vocab());
        result.put("context", m.shape().context());
        result.put("residualFractionBits", m.residualFractionBits());
        result.put("calibration", calibration == null ? null : calibration.toString());
        result.put("rowsCompared", report.rows());
        result.put("topOneAgreement", report.topOneAgreement());
        result.put("perplexityChange", report.perplexityChange());
        result.put("meanDivergence", report.meanDivergence());
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
                    + y.value().shift() + ", o " + y.output().shift() + ", up " + y.up().shift() + ", down "
                    + y.down().shift() + "; proved intervals q " + y.query().acc() + ", up " + y.up().acc() + ", down "
                    + y.down().acc());
        }
        out().println(report.summary());
        report.warnings().forEach(out()::println);
    }
}
