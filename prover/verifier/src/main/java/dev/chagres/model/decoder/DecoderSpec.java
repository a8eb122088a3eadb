package dev.chagres.model.decoder;

import dev.chagres.model.Circuit;
import dev.chagres.model.ModelLimits;
import dev.chagres.model.ModelSpec;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.Interval;
import dev.chagres.statement.PublicStatement;
import dev.chagres.statement.TokenSequence;
import java.util.List;

/// Everything public about an integer model except its weights and tables: it determines the graph at every length and
/// is part of the verifying key.
///
/// @param shape sizes
/// @param positions learned vectors, or rotation of queries and keys
/// @param embeddingShift h: a row of the stream starts as 2^h times the embedding; 0 if positions are learned
/// @param eps eps_e for e in 0..15
/// @param normShift s_n
/// @param normBits width of the range table of n
/// @param exponential EXP, Rmax and the shift of attention outputs
/// @param outputBits width of the range table of attention outputs
/// @param maskOffset added to D at masked positions
/// @param reach the largest D of an unmasked position, and the largest magnitude of L - S of a masked one
/// @param qkBound clamp of q and k
/// @param vBound clamp of v
/// @param hiddenBound clamp of hidden values of gated MLPs; 0 if there is none
/// @param layers blocks in order
public record DecoderSpec(ModelShape shape, Positions positions, int embeddingShift, List<Integer> eps, int normShift,
        int normBits, ExponentialTable exponential, int outputBits, int maskOffset, int reach, int qkBound, int vBound,
        int hiddenBound, List<LayerSpec> layers) implements ModelSpec {
    /// The most blocks.
    static final int MAX_LAYERS = 1 << 8;

    /// @throws IllegalArgumentException if a number is out of its range ([SpecBounds])
    public DecoderSpec {
        eps = List.copyOf(eps);
        layers = List.copyOf(layers);
        if (eps.size() != 16 || layers.size() != shape.layers()) {
            throw new IllegalArgumentException(eps.size() + " eps values, " + layers.size() + " layers");
        }
        check("layers", layers.size(), 1, MAX_LAYERS);
        check("normShift", normShift, 1, 20);
        check("normBits", normBits, 2, 30 - normShift);
        check("outputBits", outputBits, 2, 30 - exponential.outputShift());
        check("maskOffset", maskOffset, 1, 1 << 29);
        check("qkBound", qkBound, 1, 1 << 12);
        check("vBound", vBound, 1, 1 << 12);
        boolean gated = layers.stream().anyMatch(l -> l.mlp() instanceof MlpSpec.Gated);
        check("hiddenBound", hiddenBound, gated ? 1 : 0, gated ? (1 << 15) - 1 : 0);
        SpecBounds.sizes(shape, layers);
        SpecBounds.norm(shape.width(), eps);
        SpecBounds.softmax(shape, qkBound, vBound, exponential, maskOffset, reach);
        layers.forEach(SpecBounds::layer);
        SpecBounds.positions(shape, positions, embeddingShift, layers);
    }

    static void check(String name, long value, long low, long high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(name + " is " + value + ", not in " + low + ".." + high);
        }
    }

    @Override
    public String family() {
        return DecoderFamily.NAME;
    }

    @Override
    public ModelLimits limits() {
        return new ModelLimits(shape.context(), shape.vocab(), shape.endOfText());
    }

    @Override
    public String describe() {
        String heads = shape.keyHeads() == shape.heads() ? shape.heads() + " heads"
                : shape.heads() + " heads on " + shape.keyHeads();
        return shape.layers() + " layers, width " + shape.width() + ", " + heads + ", " + shape.vocab()
                + " tokens, context " + shape.context();
    }

    @Override
    public Circuit compile(PublicStatement statement) {
        return switch (statement) {
            case TokenSequence sequence -> DecoderCompiler.compile(this, sequence);
        };
    }

    @Override
    public Circuit inference(int rows) {
        return DecoderCompiler.inference(this, rows);
    }

    /// eps_e as an array.
    public int[] epsilons() {
        return eps.stream().mapToInt(Integer::intValue).toArray();
    }

    /// Signed bits r of what is rotated, at least 4: the least that hold the projections of queries and keys of all
    /// layers.
    public int rotatedBits() {
        return rotatedBits(layers);
    }

    static int rotatedBits(List<LayerSpec> layers) {
        int bits = 4;
        for (LayerSpec l : layers) {
            Interval y = l.query().u().union(l.key().u());
            while (y.lo() < -(1L << bits - 1) || y.hi() >= 1L << bits - 1) {
                bits++;
            }
        }
        return bits;
    }

    @Override
    public byte[] encode() {
        return SpecCodec.encode(this);
    }

    /// Reads what [#encode()] wrote.
    ///
    /// @throws IllegalArgumentException if the bytes are not such an encoding
    public static DecoderSpec decode(byte[] encoded) {
        return SpecCodec.decode(encoded);
    }
}
