package dev.chagres.gpt2.model;

import dev.chagres.model.decoder.ModelShape;
import dev.chagres.semantics.Interval;
import dev.chagres.tokenizer.TokenizerInfo;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A quantised decoder: the integer program whose runs are proved. Immutable data; the off-heap tensors live as
/// long as the arena that the creator passed to the reader or the quantiser. Big tensors are row-major,
/// unpadded, little-endian.
///
/// @param name                 free text, at most 255 bytes of UTF-8
/// @param tokenizer            how text becomes token ids
/// @param shape                all sizes
/// @param residualFractionBits f: a residual value x stands for x 2^-f
/// @param norm                 tables of the norm
/// @param softmax              tables of the softmax
/// @param reach                the largest `L - S` of an unmasked score, and the largest magnitude of one of a later
///                             position in the same block of rows: beyond it a run is undefined
/// @param qkBound              q and k are clamped to [-qkBound, qkBound]
/// @param vBound               v is clamped to [-vBound, vBound]
/// @param hiddenBound          hidden values of gated MLPs are clamped to [-hiddenBound, hiddenBound]; 0 if there is
///                             none
/// @param oBound               proved bound of the attention output: `rsh(vBound rMax, b - 3)`
/// @param scoreBound           proved bound of a score: `headWidth qkBound^2`
/// @param embedding            `[vocab][width]`: 32 bits with positions, else 16
/// @param positions            signed 32-bit `[context][width]`; either these or a rotation
/// @param rotation             tables of the rotation of queries and keys
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
        int reach,
        int qkBound,
        int vBound,
        int hiddenBound,
        int oBound,
        long scoreBound,
        IntegerEmbedding embedding,
        Optional<MemorySegment> positions,
        Optional<RotationTables> rotation,
        List<IntegerLayer> layers,
        IntegerLinear head,
        double logitUnit,
        Optional<StreamMap> streamMap) {
    /// Layout of one entry of the position table.
    public static final ValueLayout.OfInt ENTRY = IntegerEmbedding.WIDE;

    /// The residual stream satisfies `-RESIDUAL_BOUND <= x < RESIDUAL_BOUND`.
    public static final long RESIDUAL_BOUND = 1L << 26;

    /// A model that does not say what its stream stands for.
    public IntegerModel(String name, TokenizerInfo tokenizer, ModelShape shape, int residualFractionBits,
            NormTables norm, SoftmaxTables softmax, int reach, int qkBound, int vBound, int hiddenBound, int oBound,
            long scoreBound, IntegerEmbedding embedding, Optional<MemorySegment> positions,
            Optional<RotationTables> rotation, List<IntegerLayer> layers, IntegerLinear head, double logitUnit) {
        this(name, tokenizer, shape, residualFractionBits, norm, softmax, reach, qkBound, vBound, hiddenBound, oBound,
                scoreBound, embedding, positions, rotation, layers, head, logitUnit, Optional.empty());
    }

    public IntegerModel {
        layers = List.copyOf(layers);
        if (name.getBytes(StandardCharsets.UTF_8).length > 255) {
            throw new IllegalArgumentException("the model name is longer than 255 bytes");
        }
        if (residualFractionBits < 0 || residualFractionBits > 26) {
            throw new IllegalArgumentException("residual fraction bits " + residualFractionBits + " not in 0..26");
        }
        if (positions.isPresent() == rotation.isPresent()) {
            throw new IllegalArgumentException("a model has either learned positions or a rotation");
        }
        if (embedding.bits() != (rotation.isPresent() ? 16 : 32)) {
            throw new IllegalArgumentException("an embedding of " + embedding.bits() + " bits "
                    + (rotation.isPresent() ? "with a rotation, not 16" : "with learned positions, not 32"));
        }
        requireBytes("embedding", embedding.entries(),
                IntegerEmbedding.bytes(embedding.bits(), (long) shape.vocab() * shape.width()));
        positions.ifPresent(p -> requireBytes("positions", p, 4L * shape.context() * shape.width()));
        rotation.ifPresent(r -> {
            if (shape.headWidth() % 2 != 0) {
                throw new IllegalArgumentException("heads of " + shape.headWidth() + " channels have no pairs");
            }
            requireBytes("rotation", r.cos(), 2L * shape.context() * (shape.headWidth() / 2));
        });
        if (layers.size() != shape.layers()) {
            throw new IllegalArgumentException(layers.size() + " layers, not " + shape.layers());
        }
        if (tokenizer.size() > shape.vocab()) {
            throw new IllegalArgumentException(
                    "a tokenizer of " + tokenizer.size() + " ids for a vocabulary of " + shape.vocab());
        }
        int a = shape.attentionWidth();
        int keys = shape.keyWidth();
        for (IntegerLayer layer : layers) {
            requireShape("query", layer.query(), a, shape.width());
            requireShape("key", layer.key(), keys, shape.width());
            requireShape("value", layer.value(), keys, shape.width());
            requireShape("output", layer.output(), shape.width(), a);
            requireShape("up", layer.mlp().up(), shape.mlpWidth(), shape.width());
            requireShape("gate", layer.mlp().indexed(), shape.mlpWidth(), shape.width());
            requireShape("down", layer.down(), shape.width(), shape.mlpWidth());
        }
        requireShape("head", head, shape.vocab(), shape.width());
    }

    /// What a token adds to the stream: 2^h times its entry of the embedding table.
    public int embedding(int token, int channel) {
        return embedding.entry((long) token * shape.width() + channel) << embedding.shift();
    }

    /// Entry of the position table, 0 if there is none.
    public int position(int position, int channel) {
        return positions.isEmpty() ? 0
                : positions.get().get(ENTRY, 4 * ((long) position * shape.width() + channel));
    }

    /// Whether hidden values are products of an activation and a second projection in some layer.
    public boolean isGated() {
        return layers.stream().anyMatch(l -> l.mlp() instanceof IntegerMlp.Gated);
    }

    private static void requireBytes(String name, MemorySegment segment, long bytes) {
        if (segment.byteSize() != bytes) {
            throw new IllegalArgumentException(name + " has " + segment.byteSize() + " bytes, not " + bytes);
        }
    }

    /// By shift, what the writes with it may add to the stream: all of them share a table.
    public Map<Integer, Interval> writes() {
        Map<Integer, Interval> writes = new HashMap<>();
        for (IntegerLayer layer : layers) {
            writes.merge(layer.output().shift(), layer.output().u(), Interval::union);
            writes.merge(layer.down().shift(), layer.down().u(), Interval::union);
        }
        return writes;
    }

    private static void requireShape(String name, IntegerLinear linear, int outputs, int inputs) {
        if (linear.outputs() != outputs || linear.inputs() != inputs) {
            throw new IllegalArgumentException(name + " is " + linear.outputs() + " x " + linear.inputs() + ", not "
                    + outputs + " x " + inputs);
        }
    }
}
