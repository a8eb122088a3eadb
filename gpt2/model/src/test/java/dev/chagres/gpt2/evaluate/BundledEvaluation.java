package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.demo.BundledModel;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.quantize.Quantizer;
import dev.chagres.gpt2.quantize.SampleText;
import dev.chagres.gpt2.reference.FloatModel;
import java.lang.foreign.Arena;
import java.util.List;

/// The bundled model with windows of its validation text, calibrated on part of its training text.
final class BundledEvaluation implements AutoCloseable {
    private static final int CALIBRATION_WINDOWS = 24;

    private final BundledModel bundled = BundledModel.open();
    private final Arena arena = Arena.ofShared();
    private final IntegerModel model;

    BundledEvaluation() {
        int context = bundled.weights().architecture().context();
        model = new Quantizer(bundled.weights()).quantise(arena, "bundled", bundled.tokenizerInfo(),
                SampleText.windows(bundled.weights().architecture(),
                        bundled.tokenizer().encode(BundledModel.calibrationText()), context, CALIBRATION_WINDOWS));
    }

    IntegerModel model() {
        return model;
    }

    FloatModel reference() {
        return new FloatModel(bundled.weights());
    }

    /// Whole windows of the context, spread over the validation text.
    List<Window> windows(int count) {
        int context = model.shape().context();
        return Window.of(bundled.tokenizer().encode(BundledModel.validationText()), context, context, count);
    }

    @Override
    public void close() {
        arena.close();
        bundled.close();
    }
}
