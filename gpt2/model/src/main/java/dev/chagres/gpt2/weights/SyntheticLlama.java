package dev.chagres.gpt2.weights;

import java.util.Arrays;

/// Random tensors with the statistics that make models of the Llama family hard to quantise.
///
/// - Deviations keep activations at their size at any width; what is written to the stream shrinks with the depth, so
///   that the stream ends at a deviation near 10. About 1 % of norm gains are outliers.
/// - All tokens share one channel of the embedding, as trained embeddings have a mean.
/// - From width [MassiveChannels#LEAST_WIDTH] on, rows of token 0, the start of a text, are *massive*: two channels
///   reach +-2000 to +-3000 (in proportion below width 768) behind the first block and stay. The embedding of token 0
///   holds a pattern of +-4 in a few channels, gate and up of a few neurons of the first MLP fire on exactly that
///   pattern, and their product writes to the two channels.
/// - Every third head of the later layers is an *attention sink*: in the slowly rotating half of its channels, queries
///   have a part that all tokens share, which meets the key that the massive channels give token 0, whose value is near
///   zero.
final class SyntheticLlama implements SyntheticRows {
    private static final float COMMON = 2;
    private static final float SINK_QUERY = 2;

    private final Architecture config;
    private final long seed;
    private final int d;
    /// Deviations are stated for width 768.
    private final float widthScale;
    private final float depthScale;
    private final MassiveChannels massive;
    private final int common;

    SyntheticLlama(Architecture config, long seed) {
        this.config = config;
        this.seed = seed;
        d = config.width();
        massive = new MassiveChannels(config);
        widthScale = massive.widthScale();
        depthScale = massive.depthScale();
        common = d - 1;
    }

    @Override
    public void fill(String name, int row, float[] target) {
        Gaussian random = new Gaussian(seed, name, row);
        if (name.startsWith("layers.")) {
            int dot = name.indexOf('.', 7);
            fillBlock(Integer.parseInt(name.substring(7, dot)), name.substring(dot + 1), row, target, random);
            return;
        }
        switch (name) {
            case "embed_tokens.weight" -> fillToken(row, target, random);
            case "lm_head.weight" -> random.fill(target, 0, d, 0, MassiveChannels.EMBEDDING_DEVIATION);
            case "norm.weight" -> SyntheticRows.fillGain(1.4f, 5, target, random);
            default -> throw new IllegalArgumentException(name);
        }
    }

    private void fillToken(int row, float[] target, Gaussian random) {
        random.fill(target, 0, d, 0, MassiveChannels.EMBEDDING_DEVIATION);
        target[common] = COMMON;
        for (int i = 0; i < massive.pattern().length; i++) {
            target[massive.pattern()[i]] = row == 0
                    ? MassiveChannels.patternSign(i) * MassiveChannels.PATTERN : target[massive.pattern()[i]];
        }
        massive.set(target, 0, 0);
    }

    private void fillBlock(int layer, String name, int row, float[] target, Gaussian random) {
        boolean first = layer == 0;
        switch (name) {
            case "input_layernorm.weight" -> {
                SyntheticRows.fillGain(first ? 0.18f : 0.22f + 0.2f * layer / config.layers(), 2.5f, target, random);
                massive.set(target, MassiveChannels.GAIN, MassiveChannels.GAIN);
                target[common] = MassiveChannels.GAIN;
            }
            case "post_attention_layernorm.weight" -> {
                SyntheticRows.fillGain(first ? MassiveChannels.TRIGGER_GAIN : 0.27f, 2.5f, target, random);
                for (int channel : massive.pattern()) {
                    target[channel] = first ? MassiveChannels.TRIGGER_GAIN : target[channel];
                }
                massive.set(target, MassiveChannels.GAIN, MassiveChannels.GAIN);
            }
            case "self_attn.q_proj.weight" -> {
                fillReader((first ? 0.2f : 0.13f) * widthScale, target, random);
                if (!first && isSink(row, config.heads())) {
                    target[common] = SINK_QUERY * sinkSign(row);
                }
            }
            case "self_attn.k_proj.weight" -> {
                fillReader((first ? 0.2f : 0.13f) * widthScale, target, random);
                if (!first && isSink(row, config.keyHeads())) {
                    // Behind a norm both channels are +-sqrt(d / 2) in a massive row; together they give the key.
                    float share = MassiveChannels.SINK_KEY / (2 * (float) Math.sqrt(d / 2.0) * MassiveChannels.GAIN)
                            * sinkSign(row);
                    massive.set(target, share, -share);
                }
            }
            case "self_attn.v_proj.weight" -> {
                fillReader((first ? 0.2f : 0.13f) * widthScale, target, random);
                massive.set(target, 0, 0);
            }
            case "self_attn.o_proj.weight" -> random.fill(target, 0, target.length, 0, (first ? 0.02f : 0.1f)
                    * (float) Math.sqrt(768.0 / config.queryWidth()) * depthScale);
            case "mlp.gate_proj.weight", "mlp.up_proj.weight" -> {
                // The larger gain of the first block is met by smaller weights.
                fillReader((first ? 0.05f : 0.13f) * widthScale, target, random);
                if (first && massive.isTrigger(row)) {
                    Arrays.fill(target, 0);
                    for (int i = 0; i < massive.pattern().length; i++) {
                        target[massive.pattern()[i]] = MassiveChannels.patternSign(i) * triggerWeight();
                    }
                }
            }
            case "mlp.down_proj.weight" -> fillDown(first, row, target, random);
            default -> throw new IllegalArgumentException(name);
        }
    }

    /// A row that reads a norm: little of the massive channels.
    private void fillReader(float deviation, float[] target, Gaussian random) {
        random.fill(target, 0, d, 0, deviation);
        if (massive.exist()) {
            target[massive.a()] *= 0.2f;
            target[massive.b()] *= 0.2f;
        }
    }

    private void fillDown(boolean first, int row, float[] target, Gaussian random) {
        float mlpScale = (float) Math.sqrt(3072.0 / config.mlpWidth());
        random.fill(target, 0, target.length, 0, 0.085f * mlpScale * depthScale);
        float share = massive.level()
                / (massive.triggers() * MassiveChannels.TRIGGER_LEVEL * MassiveChannels.TRIGGER_LEVEL);
        for (int i = 0; first && massive.exist() && i < massive.triggers(); i++) {
            int neuron = massive.trigger(i);
            target[neuron] = row == massive.a() ? share : row == massive.b() ? -share : 0.1f * target[neuron];
        }
    }

    /// Lifts the pattern to the trigger level, given the mean square of the stream in a row of token 0: embedding, the
    /// first attention's output (about 0.2) and the pattern itself.
    private float triggerWeight() {
        double square = MassiveChannels.EMBEDDING_DEVIATION * MassiveChannels.EMBEDDING_DEVIATION
                + 0.2 * 0.2 * depthScale * depthScale
                + (MassiveChannels.PATTERN * MassiveChannels.PATTERN * massive.pattern().length + COMMON * COMMON) / d;
        double matched = massive.pattern().length * MassiveChannels.PATTERN / Math.sqrt(square)
                * MassiveChannels.TRIGGER_GAIN;
        return (float) (MassiveChannels.TRIGGER_LEVEL / matched);
    }

    /// Whether a channel of queries or keys belongs to a sink, and to the half of its pairs that turns slowly.
    private boolean isSink(int channel, int ofHeads) {
        int dh = config.headWidth();
        int keyHead = channel / dh * config.keyHeads() / ofHeads;
        boolean slow = channel % (dh / 2) >= dh / 4;
        return massive.exist() && slow && keyHead % 3 == config.keyHeads() / 2 % 3;
    }

    private float sinkSign(int channel) {
        return Integer.bitCount(channel % config.headWidth()) % 2 == 0 ? 1 : -1;
    }
}
