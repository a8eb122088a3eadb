package dev.chagres.gpt2.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A GGUF file of version 3 that a test edits before it is written; tensors are F32.
public final class GgufFile {
    /// @param shape rows first
    private record Tensor(List<Integer> shape, float[] values) {}

    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /// A model of random weights with the tensors of an architecture under llama.cpp's names. All matrices of a GPT-2
    /// have biases, of another family those of attention, for Qwen 2 but the last.
    public GgufFile(String family, Architecture a, long seed) {
        metadata.put("general.architecture", family);
        metadata.put(family + ".block_count", a.layers());
        metadata.put(family + ".context_length", a.context());
        metadata.put(family + ".embedding_length", a.width());
        metadata.put(family + ".feed_forward_length", a.mlpWidth());
        metadata.put(family + ".attention.head_count", a.heads());
        metadata.put(family + ".attention.head_count_kv", a.keyHeads());
        metadata.put(family + (a.norm() == NormKind.RMS
                ? ".attention.layer_norm_rms_epsilon" : ".attention.layer_norm_epsilon"), (float) a.normEpsilon());
        if (a.positions() instanceof PositionKind.Rotary rotary) {
            metadata.put(family + ".rope.freq_base", (float) rotary.base());
        }
        Naming naming = a.learnedPositions() ? Naming.GGUF_FUSED : Naming.GGUF;
        Set<String> biases = a.learnedPositions() ? naming.matrices()
                : family.equals("qwen2") ? naming.readers() : naming.attention();
        naming.shapes(a, biases).forEach((name, shape) -> {
            float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
            new Gaussian(seed, name, 0).fill(values, 0, values.length, 0, 0.3f);
            tensors.put(name, new Tensor(shape, values));
        });
    }

    /// Integers (uint32), floats, booleans and strings by key, to be edited.
    public Map<String, Object> metadata() {
        return metadata;
    }

    public float[] values(String name) {
        return tensors.get(name).values;
    }

    public void put(String name, List<Integer> shape, float[] values) {
        tensors.put(name, new Tensor(shape, values));
    }

    public void remove(String name) {
        tensors.remove(name);
    }

    /// The whole file.
    public byte[] bytes() {
        int room = 1 << 16;
        for (Tensor t : tensors.values()) {
            room += 4 * t.values.length + 256;
        }
        ByteBuffer out = ByteBuffer.allocate(room).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x46554747).putInt(3).putLong(tensors.size()).putLong(metadata.size());
        metadata.forEach((key, value) -> {
            string(out, key);
            switch (value) {
                case Integer number -> out.putInt(4).putInt(number);
                case Float number -> out.putInt(6).putFloat(number);
                case Boolean flag -> out.putInt(7).put((byte) (flag ? 1 : 0));
                default -> string(out.putInt(8), value.toString());
            }
        });
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        tensors.forEach((name, t) -> {
            string(out, name);
            out.putInt(t.shape.size());
            t.shape.reversed().forEach(extent -> out.putLong(extent));
            out.putInt(0).putLong(data.size());
            ByteBuffer values = ByteBuffer.allocate((4 * t.values.length + 31) / 32 * 32).order(ByteOrder.LITTLE_ENDIAN);
            values.asFloatBuffer().put(t.values);
            data.writeBytes(values.array());
        });
        out.position((out.position() + 31) / 32 * 32).put(data.toByteArray());
        byte[] file = new byte[out.position()];
        out.flip().get(file);
        return file;
    }

    private static void string(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putLong(bytes.length).put(bytes);
    }
}
