package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.StreamMap;
import dev.chagres.gpt2.reference.ActivationObserver;
import dev.chagres.gpt2.reference.ActivationSite;
import dev.chagres.prove.Inference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compares the residual stream of a run with the float model's, place by place, in the basis and the unit of the
/// integers. Rows that are zero in the float model are left out.
final class LayerErrors implements ActivationObserver {
    private final StreamMap map;
    private final double unit;
    private final Map<Place, Sums> places = new LinkedHashMap<>();
    private Inference run;

    LayerErrors(IntegerModel model, StreamMap map) {
        this.map = map;
        this.unit = Math.scalb(1.0, -model.residualFractionBits());
    }

    private record Place(int layer, String name) {}

    private static final class Sums {
        private final WindowedMean first = new WindowedMean();
        private final WindowedMean others = new WindowedMean();
    }

    /// The float model's next pass is over the same tokens as this run.
    void next(Inference integers) {
        run = integers;
    }

    @Override
    public void observe(ActivationSite site, int layer, int head, double[] values, int rows, int columns) {
        String at = "layer" + layer + ".";
        String before = layer == 0 ? "embedding.x" : "layer" + (layer - 1) + ".down.x";
        switch (site) {
            case RESIDUAL_IN -> {
                if (layer == 0) {
                    compare(new Place(-1, "embedding"), before, Optional.empty(), values, columns);
                }
            }
            case ATTENTION_OUT ->
                    compare(new Place(layer, "attention"), at + "output.x", Optional.of(before), values, columns);
            case RESIDUAL_MIDDLE -> compare(new Place(layer, "streamAfterAttention"), at + "output.x",
                    Optional.empty(), values, columns);
            case MLP_OUT -> compare(new Place(layer, "mlp"), at + "down.x", Optional.of(at + "output.x"), values,
                    columns);
            case RESIDUAL_OUT ->
                    compare(new Place(layer, "streamAfterMlp"), at + "down.x", Optional.empty(), values, columns);
            default -> { }
        }
    }

    /// @param less column that is taken off
    private void compare(Place place, String column, Optional<String> less, double[] values, int d) {
        Sums sums = places.computeIfAbsent(place, _ -> new Sums());
        Inference.Values x = values(column);
        Optional<Inference.Values> minus = less.map(this::values);
        for (int row = 0; row < run.rows(); row++) {
            double[] expected = Arrays.copyOfRange(values, row * d, (row + 1) * d);
            map.apply(expected, 0, d);
            double error = 0;
            double length = 0;
            for (int c = 0; c < d; c++) {
                int from = minus.isPresent() ? minus.get().get(row, c) : 0;
                double difference = (x.get(row, c) - from) * unit - expected[c];
                error += difference * difference;
                length += expected[c] * expected[c];
            }
            // A row of zeros has no relative error.
            if (length > 0) {
                (row == 0 ? sums.first : sums.others).add(Math.sqrt(error / length));
            }
        }
    }

    /// The windows since the last call count as one.
    void endWindow() {
        places.values().forEach(sums -> {
            sums.first.endWindow();
            sums.others.endWindow();
        });
    }

    private Inference.Values values(String column) {
        return run.values(column).orElseThrow(() -> new IllegalStateException("no column " + column));
    }

    List<LayerError> errors() {
        return places.entrySet().stream().map(e -> new LayerError(e.getKey().layer, e.getKey().name,
                e.getValue().first.estimate(), e.getValue().others.estimate())).toList();
    }
}
