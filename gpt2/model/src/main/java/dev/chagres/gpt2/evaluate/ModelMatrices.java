package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerMlp;
import dev.chagres.gpt2.model.IntegerModel;
import java.util.ArrayList;
import java.util.List;

/// The matrices of an integer model by name, and how much of 16 bits their weights fill.
public final class ModelMatrices {
    /// A write to the stream whose weights have a smaller rms loses accuracy: each is rounded by up to half a unit.
    public static final double LEAST_WRITER_RMS = 100;

    private ModelMatrices() {}

    /// How large the integers of a matrix are.
    ///
    /// @param layer  -1 for the head
    /// @param matrix `query`, `key`, `value`, `output`, `gate`, `up`, `down` or `head`
    /// @param writes whether its result is added to the stream; the others read a norm
    /// @param rms    root of the mean square of its weights
    public record Scale(int layer, String matrix, boolean writes, double rms) {
        /// Whether rounding the weights of this write costs accuracy.
        public boolean coarse() {
            return writes && rms < LEAST_WRITER_RMS;
        }
    }

    /// All matrices in the order of computation.
    public static List<Scale> scales(IntegerModel model) {
        List<Scale> scales = new ArrayList<>();
        for (int l = 0; l < model.layers().size(); l++) {
            IntegerLayer layer = model.layers().get(l);
            scales.add(new Scale(l, "query", false, rms(layer.query())));
            scales.add(new Scale(l, "key", false, rms(layer.key())));
            scales.add(new Scale(l, "value", false, rms(layer.value())));
            scales.add(new Scale(l, "output", true, rms(layer.output())));
            if (layer.mlp() instanceof IntegerMlp.Gated gated) {
                scales.add(new Scale(l, "gate", false, rms(gated.gate())));
            }
            scales.add(new Scale(l, "up", false, rms(layer.mlp().up())));
            scales.add(new Scale(l, "down", true, rms(layer.down())));
        }
        scales.add(new Scale(-1, "head", false, rms(model.head())));
        return scales;
    }

    private static double rms(IntegerLinear linear) {
        double sum = 0;
        long count = (long) linear.outputs() * linear.inputs();
        for (long i = 0; i < count; i++) {
            double w = linear.weights().get(IntegerLinear.WEIGHT, 2 * i);
            sum += w * w;
        }
        return Math.sqrt(sum / count);
    }
}
