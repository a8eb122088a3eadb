package dev.chagres.gpt2.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A small random model held in memory, to be edited and written in whatever form a test needs.
public final class ModelFolder {
    /// A tensor and the type it is written with.
    public record Tensor(TensorType type, List<Integer> shape, float[] values) {
        /// The same values in another type; finer values are rounded.
        public Tensor as(TensorType other) {
            return new Tensor(other, shape, values);
        }

        /// Rows and columns exchanged.
        public Tensor transposed() {
            int rows = shape.getFirst();
            int columns = shape.getLast();
            float[] result = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                result[i % columns * rows + i / columns] = values[i];
            }
            return new Tensor(type, shape.reversed(), result);
        }

        /// Every value replaced.
        public Tensor map(UnaryOperator<Float> edit) {
            float[] result = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                result[i] = edit.apply(values[i]);
            }
            return new Tensor(type, shape, result);
        }
    }

    private final Map<String, Object> config;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /// @param config of [SyntheticModel]'s random weights
    public ModelFolder(Architecture config, long seed) {
        this.config = new LinkedHashMap<>();
        Json.parse(Path.of("config.json"), config.toJson().getBytes(StandardCharsets.UTF_8)).properties()
                .forEach(e -> this.config.put(e.getKey(), e.getValue()));
        SyntheticRows random = SyntheticRows.of(config, seed);
        TensorShapes.of(config).forEach((name, shape) -> {
            int columns = shape.getLast();
            float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
            float[] row = new float[columns];
            for (int r = 0; r < values.length / columns; r++) {
                random.fill(name, r, row);
                System.arraycopy(row, 0, values, r * columns, columns);
            }
            tensors.put(name, new Tensor(TensorType.F32, shape, values));
        });
    }

    /// Fields of `config.json`, to be edited.
    public Map<String, Object> config() {
        return config;
    }

    /// Tensors of `model.safetensors`, to be edited.
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /// Replaces the tensors whose names end so.
    public void edit(String end, UnaryOperator<Tensor> edit) {
        tensors.replaceAll((name, tensor) -> name.endsWith(end) ? edit.apply(tensor) : tensor);
    }

    /// Writes `config.json` and `model.safetensors`, creating the folder.
    public Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), Json.write(config));
        Map<String, Object> header = new LinkedHashMap<>();
        long begin = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor t = entry.getValue();
            long end = begin + (long) t.values.length * t.type.bytes();
            header.put(entry.getKey(), Map.of(
                    "dtype", t.type.name(), "shape", t.shape, "data_offsets", List.of(begin, end)));
            begin = end;
        }
        byte[] text = Json.writeCompact(header);
        try (OutputStream out = Files.newOutputStream(folder.resolve("model.safetensors"))) {
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
            out.write(text);
            for (Tensor t : tensors.values()) {
                out.write(bytes(t));
            }
        }
        return folder;
    }

    private static byte[] bytes(Tensor t) {
        ByteBuffer b = ByteBuffer.allocate(t.values.length * t.type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float v : t.values) {
            switch (t.type) {
                case F64 -> b.putDouble(v);
                case F32 -> b.putFloat(v);
                case F16 -> b.putShort(Float.floatToFloat16(v));
                case BF16 -> b.putShort((short) (Float.floatToIntBits(t.type.round(v)) >>> 16));
                default -> throw new IllegalArgumentException(t.type.name());
            }
        }
        return b.array();
    }
}
