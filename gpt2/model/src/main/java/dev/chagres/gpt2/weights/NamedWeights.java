package dev.chagres.gpt2.weights;

import java.util.Objects;
import java.util.Optional;

/// Weights of an open container under one [Naming]. Absent biases are zeros. Thread-safe until the container is closed.
final class NamedWeights implements WeightSource {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private final Architecture architecture;
    private final String origin;
    private final TensorAccess tensors;
    private final Naming naming;
    private final boolean interleaved;

    /// @param tensors checked against the architecture
    /// @param interleaved whether the file pairs the channels 2j and 2j + 1 of a rotated head; the rows of queries and
    ///     keys are then put into the order that pairs j and j + dh/2
    NamedWeights(Architecture architecture, String origin, TensorAccess tensors, Naming naming, boolean interleaved) {
        this.architecture = architecture;
        this.origin = origin;
        this.tensors = tensors;
        this.naming = naming;
        this.interleaved = interleaved;
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public LayerWeights layer(int layer) {
        Architecture a = architecture;
        Objects.checkIndex(layer, a.layers());
        int d = a.width();
        int keyFrom = naming.fused() ? a.queryWidth() : 0;
        int valueFrom = naming.fused() ? a.queryWidth() + a.keyWidth() : 0;
        return new LayerWeights(
                vector(naming.norm1(layer) + WEIGHT, 0, d),
                vector(naming.norm1(layer) + BIAS, 0, d),
                paired(matrix(naming.query(layer), 0, a.queryWidth(), d)),
                paired(matrix(naming.key(layer), keyFrom, a.keyWidth(), d)),
                matrix(naming.value(layer), valueFrom, a.keyWidth(), d),
                matrix(naming.output(layer), 0, d, a.queryWidth()),
                vector(naming.norm2(layer) + WEIGHT, 0, d),
                vector(naming.norm2(layer) + BIAS, 0, d),
                a.mlp() == MlpKind.GATED
                        ? Optional.of(matrix(naming.gate(layer), 0, a.mlpWidth(), d)) : Optional.empty(),
                matrix(naming.up(layer), 0, a.mlpWidth(), d),
                matrix(naming.down(layer), 0, d, a.mlpWidth()));
    }

    private DenseMatrix matrix(String name, int from, int outputs, int inputs) {
        float[] weights = tensors.readFinite(name + WEIGHT, (long) from * inputs, outputs * inputs);
        return new DenseMatrix(weights, vector(name + BIAS, from, outputs), outputs, inputs);
    }

    private float[] vector(String name, int from, int count) {
        return tensors.contains(name) ? tensors.readFinite(name, from, count) : new float[count];
    }

    /// Rows 2j and 2j + 1 of every head moved to j and j + dh/2.
    private DenseMatrix paired(DenseMatrix stored) {
        if (!interleaved) {
            return stored;
        }
        int inputs = stored.inputs();
        int dh = architecture.headWidth();
        float[] weights = new float[stored.weights().length];
        float[] bias = new float[stored.outputs()];
        for (int row = 0; row < stored.outputs(); row++) {
            int channel = row % dh;
            int to = row - channel + channel / 2 + channel % 2 * (dh / 2);
            System.arraycopy(stored.weights(), row * inputs, weights, to * inputs, inputs);
            bias[to] = stored.bias()[row];
        }
        return new DenseMatrix(weights, bias, stored.outputs(), inputs);
    }

    @Override
    public float[] tokenRows(int from, int to) {
        return rows(naming.tokens(), from, to, architecture.vocabulary());
    }

    @Override
    public float[] positions() {
        return architecture.learnedPositions() ? positionRows(0, architecture.context()) : new float[0];
    }

    @Override
    public float[] positionRows(int from, int to) {
        return rows(naming.positions(), from, to, architecture.context());
    }

    @Override
    public float[] headRows(int from, int to) {
        return architecture.tiedEmbeddings()
                ? tokenRows(from, to) : rows(naming.head() + WEIGHT, from, to, architecture.vocabulary());
    }

    @Override
    public float[] headBias() {
        return vector(naming.head() + BIAS, 0, architecture.vocabulary());
    }

    @Override
    public float[] finalNormGain() {
        return vector(naming.finalNorm() + WEIGHT, 0, architecture.width());
    }

    @Override
    public float[] finalNormShift() {
        return vector(naming.finalNorm() + BIAS, 0, architecture.width());
    }

    private float[] rows(String name, int from, int to, int rows) {
        Objects.checkFromToIndex(from, to, rows);
        int d = architecture.width();
        return tensors.readFinite(name, (long) from * d, (to - from) * d);
    }
}
