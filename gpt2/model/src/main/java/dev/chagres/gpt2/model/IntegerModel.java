package dev.chagres.gpt2.model;

import dev.chagres.model.decoder.ModelShape;
import dev.chagres.tokenizer.TokenizerInfo;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// A quantised GPT-2: the integer program whose runs are proved. Immutable data; the off-heap tensors live as
/// long as the arena that the creator passed to the reader or the quantiser. Big tensors are row-major,
/// unpadded, little-endian.
///
/// @param name                 free text, at most 255 bytes of UTF-8
/// @param tokenizer            how text becomes token ids
/// @param shape                all sizes
/// @param residualFractionBits f: a residual value x stands for x 2^-f
/// @param norm                 tables of the norm
/// @param softmax              tables of the softmax
/// @param qkBound              q and k are clamped to [-qkBound, qkBound]
/// @param vBound               v is clamped to [-vBound, vBound]
/// @param oBound               proved bound of the attention output: `rsh(vBound rMax, b - 3)`
/// @param scoreBound           proved bound of a score: `headWidth qkBound^2`
/// @param embedding            signed 32-bit `[vocab][width]`
/// @param positions            signed 32-bit `[context][width]`
/// @param layers               the blocks in order
/// @param head                 d -> vocab, shift 0: the logits; |logit| < 2^29
/// @param logitUnit            a logit stands for logit * logitUnit, for information
/// @param streamMap            what the stream's integers stand for, for information; empty if it is not known
public record IntegerModel(
        String name,
        TokenizerInfo tokenizer,
        ModelShape shape,
        int residualFractionBits,
        NormTables norm,
        SoftmaxTables softmax,
        int qkBound,
        int vBound,
        int oBound,
        long scoreBound,
        MemorySegment embedding,
        MemorySegment positions,
        List<IntegerLayer> layers,
        IntegerLinear head,
        double logitUnit,
        Optional<StreamMap> streamMap) {
    /// Layout of one entry of the embedding and position tables.
    public static final ValueLayout.OfInt ENTRY = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The residual stream satisfies `-RESIDUAL_BOUND <= x < RESIDUAL_BOUND`.
    public static final long RESIDUAL_BOUND = 1L << 26;

    public IntegerModel {
        layers = List.copyOf(layers);
        if (name.getBytes(StandardCharsets.UTF_8).length > 255) {
            throw new IllegalArgumentException("the model name is longer than 255 bytes");
        }
        if (residualFractionBits < 0 || residualFractionBits > 26) {
            throw new IllegalArgumentException("residual fraction bits " + residualFractionBits + " not in 0..26");
        }
        requireBytes("embedding", embedding, 4L * shape.vocab() * shape.width());
        requireBytes("positions", positions, 4L * shape.context() * shape.width());
        if (layers.size() != shape.layers()) {
            throw new IllegalArgumentException(layers.size() + " layers, not " + shape.layers());
        }
        if (tokenizer.size() > shape.vocab()) {
            throw new IllegalArgumentException(
                    "a tokenizer of " + tokenizer.size() + " ids for a vocabulary of " + shape.vocab());
        }
        int a = shape.attentionWidth();
        for (IntegerLayer layer : layers) {
            requireShape("query", layer.query(), a, shape.width());
            requireShape("key", layer.key(), a, shape.width());
            requireShape("value", layer.value(), a, shape.width());
            requireShape("output", layer.output(), shape.width(), a);
            requireShape("up", layer.up(), shape.mlpWidth(), shape.width());
            requireShape("down", layer.down(), shape.width(), shape.mlpWidth());
        }
        requireShape("head", head, shape.vocab(), shape.width());
    }

    /// Entry of the embedding table.
    public int embedding(int token, int channel) {
        return embedding.get(ENTRY, 4 * ((long) token * shape.width() + channel));
    }

    /// Entry of the position table.
    public int position(int position, int channel) {
        return positions.get(ENTRY, 4 * ((long) position * shape.width() + channel));
    }

    private static void requireBytes(String name, MemorySegment segment, long bytes) {
        if (segment.byteSize() != bytes) {
            throw new IllegalArgumentException(name + " has " + segment.byteSize() + " bytes, not " + bytes);
        }
    }

    private static void requireShape(String name, IntegerLinear linear, int outputs, int inputs) {
        if (linear.outputs() != outputs || linear.inputs() != inputs) {
            throw new IllegalArgumentException(name + " is " + linear.outputs() + " x " + linear.inputs() + ", not "
                    + outputs + " x " + inputs);
        }
    }
}
