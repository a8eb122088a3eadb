package dev.chagres.bench.accuracy;

import dev.chagres.gpt2.evaluate.Evaluation;
import dev.chagres.gpt2.evaluate.EvaluationReport;
import dev.chagres.gpt2.evaluate.Window;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.quantize.Quantizer;
import dev.chagres.gpt2.quantize.SampleText;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.prove.Engine;
import dev.chagres.prove.profile.Progress;
import dev.chagres.tokenizer.FoundTokenizer;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.Tokenizers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Quantises the model of a case and evaluates it.
public final class AccuracyRun {
    private AccuracyRun() {}

    /// @param data    folder that has all the case needs
    /// @param windows of the evaluation, spread evenly; 0 for all that the case has
    public static EvaluationReport measure(AccuracyCase c, Path data, int windows, Engine engine, Progress progress)
            throws IOException {
        Path folder = data.resolve(c.model());
        try (ModelWeights weights = ModelWeights.open(folder); Arena arena = Arena.ofShared()) {
            FoundTokenizer found = Tokenizers.of(folder, weights.architecture().vocabulary());
            Tokenizer tokenizer = found.info().tokenizer().orElseThrow(() ->
                    new IllegalArgumentException(folder + ": no tokenizer that is known"));
            Architecture architecture = weights.architecture();
            List<int[]> calibration = new ArrayList<>();
            for (TextPart part : c.calibration()) {
                calibration.addAll(SampleText.windows(architecture, tokenizer.encode(part.read(data)), c.length(),
                        c.windows()));
            }
            calibration.addAll(SampleText.control(architecture, found.info(), calibration.getFirst(), c.length(),
                    note -> progress.phase(c.name() + ": " + note, 0)));
            Quantizer quantizer = new Quantizer(weights, c.profile().options(architecture),
                    message -> progress.phase(c.name() + ": " + message, 0));
            IntegerModel model = quantizer.quantise(arena, c.name(), found.info(), calibration);
            List<Window> spread = Window.of(tokenizer.encode(c.evaluation().read(data)), c.context(), c.context(),
                    fewest(windows, c.most()));
            try (Evaluation evaluation = new Evaluation(engine, model)) {
                return evaluation.reference(new FloatModel(weights)).layers().run(spread, progress);
            }
        }
    }

    /// The smaller of two limits; 0 is none.
    private static int fewest(int a, int b) {
        return a == 0 || b == 0 ? Math.max(a, b) : Math.min(a, b);
    }
}
