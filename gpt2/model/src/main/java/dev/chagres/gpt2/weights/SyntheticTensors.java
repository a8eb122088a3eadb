package dev.chagres.gpt2.weights;

import java.util.Arrays;

/// Random tensors with the statistics that make GPT-2 hard to quantise.
///
/// - Deviations, gains and biases follow GPT-2 small's (attention and norms as published; embeddings about 0.14),
///   scaled with the width so that activations keep their size; what is written to the stream shrinks with the depth,
///   as in GPT-2's initialisation, so that the stream ends at a deviation near 10 at any depth.
/// - About 1 % of norm gains are outliers; some position channels carry slow waves.
/// - From width [MassiveChannels#LEAST_WIDTH] on, two *massive channels* reach +-2000 to +-3000 (in proportion below
///   width 768) at position 0 behind the first block, as in trained GPT-2: row 0 of the position embedding holds a
///   pattern of +-4 in a few channels, a few neurons of the first MLP fire on exactly that pattern and write to the two
///   channels.
/// - Every third head of the later layers is an *attention sink*: its queries' bias meets the key that the massive
///   channels give position 0, whose value is near zero.
final class SyntheticTensors implements SyntheticRows {
    private static final float SINK_QUERY = 0.5f;

    private final Architecture config;
    private final long seed;
    private final int d;
    /// Deviations are stated for width 768.
    private final float widthScale;
    private final float depthScale;
    private final MassiveChannels massive;

    SyntheticTensors(Architecture config, long seed) {
        this.config = config;
        this.seed = seed;
        d = config.width();
        massive = new MassiveChannels(config);
        widthScale = massive.widthScale();
        depthScale = massive.depthScale();
    }

    @Override
    public void fill(String name, int row, float[] target) {
        Gaussian random = new Gaussian(seed, name, row);
        if (name.startsWith("h.")) {
            int dot = name.indexOf('.', 2);
            fillBlock(Integer.parseInt(name.substring(2, dot)), name.substring(dot + 1), row, target, random);
            return;
        }
        switch (name) {
            case "wte.weight", "lm_head.weight" ->
                    random.fill(target, 0, target.length, 0, MassiveChannels.EMBEDDING_DEVIATION);
            case "wpe.weight" -> fillPosition(row, target, random);
            case "ln_f.weight" -> SyntheticRows.fillGain(1.4f, 5, target, random);
            case "ln_f.bias", "lm_head.bias" -> random.fill(target, 0, target.length, 0, 0.1f);
            default -> throw new IllegalArgumentException(name);
        }
    }

    private void fillBlock(int layer, String name, int row, float[] target, Gaussian random) {
        boolean first = layer == 0;
        switch (name) {
            case "ln_1.weight" -> {
                SyntheticRows.fillGain(first ? 0.18f : 0.22f + 0.2f * layer / config.layers(), 2.5f, target, random);
                massive.set(target, MassiveChannels.GAIN, MassiveChannels.GAIN);
            }
            case "ln_2.weight" -> {
                SyntheticRows.fillGain(first ? MassiveChannels.TRIGGER_GAIN : 0.27f, 2.5f, target, random);
                for (int channel : massive.pattern()) {
                    target[channel] = first ? MassiveChannels.TRIGGER_GAIN : target[channel];
                }
                massive.set(target, MassiveChannels.GAIN, MassiveChannels.GAIN);
            }
            case "ln_1.bias", "ln_2.bias" -> random.fill(target, 0, d, 0, 0.04f);
            case "attn.c_attn.weight" -> fillAttention(first, row, target, random);
            case "attn.c_attn.bias" -> fillAttentionBias(first, target, random);
            case "attn.c_proj.weight" -> random.fill(target, 0, d, 0, (first ? 0.02f : 0.1f) * widthScale * depthScale);
            case "attn.c_proj.bias", "mlp.c_proj.bias" -> random.fill(target, 0, d, 0, 0.1f * depthScale);
            case "mlp.c_fc.weight" -> fillFc(first, row, target, random);
            case "mlp.c_fc.bias" -> {
                random.fill(target, 0, target.length, -0.09f, 0.09f);
                for (int i = 0; first && massive.exist() && i < massive.triggers(); i++) {
                    target[massive.trigger(i)] = -MassiveChannels.TRIGGER_LEVEL;
                }
            }
            case "mlp.c_proj.weight" -> {
                float mlpScale = (float) Math.sqrt(3072.0 / config.mlpWidth());
                random.fill(target, 0, d, 0, 0.085f * mlpScale * depthScale);
                if (first && massive.isTrigger(row)) {
                    float share = massive.level() / (massive.triggers() * MassiveChannels.TRIGGER_LEVEL);
                    massive.set(target, share, -share);
                }
            }
            default -> throw new IllegalArgumentException(name);
        }
    }

    private void fillPosition(int row, float[] target, Gaussian random) {
        random.fill(target, 0, d, 0, 0.02f);
        // Slow waves over the context in one channel of 32.
        for (int c = 5; c < d; c += 32) {
            int period = 1 + c / 32 % 8;
            target[c] += 0.6f * (float) StrictMath.cos(StrictMath.PI * period * row / config.context() + c);
        }
        for (int i = 0; i < massive.pattern().length; i++) {
            target[massive.pattern()[i]] = row == 0
                    ? MassiveChannels.patternSign(i) * MassiveChannels.PATTERN : 0.02f * random.next();
        }
        massive.set(target, 0, 0);
    }

    private void fillAttention(boolean first, int row, float[] target, Gaussian random) {
        boolean own = massive.has(row);
        float deviation = (first ? 0.2f : 0.13f) * widthScale;
        random.fill(target, 0, 3 * d, 0, own ? 0.2f * deviation : deviation);
        if (!own) {
            return;
        }
        Arrays.fill(target, 2 * d, 3 * d, 0);
        // Behind a norm both channels are +-sqrt(d / 2) at position 0; together they give the key.
        float share = (row == massive.a() ? 1 : -1) * MassiveChannels.SINK_KEY
                / (2 * (float) Math.sqrt(d / 2.0) * MassiveChannels.GAIN);
        for (int c = 0; c < d && !first; c++) {
            if (isSink(c / config.headWidth())) {
                target[d + c] = share * sinkSign(c);
            }
        }
    }

    private void fillAttentionBias(boolean first, float[] target, Gaussian random) {
        random.fill(target, 0, d, 0, 0.25f);
        random.fill(target, d, 2 * d, 0, 0.15f);
        random.fill(target, 2 * d, 3 * d, 0, 0.05f);
        for (int c = 0; c < d && !first && massive.exist(); c++) {
            if (isSink(c / config.headWidth())) {
                target[c] += SINK_QUERY * sinkSign(c);
            }
        }
    }

    private void fillFc(boolean first, int row, float[] target, Gaussian random) {
        // The larger gain of the first block is met by smaller weights.
        float deviation = (first ? 0.05f : 0.13f) * widthScale;
        random.fill(target, 0, target.length, 0, massive.has(row) ? 0.2f * deviation : deviation);
        if (!first || !massive.exist()) {
            return;
        }
        float weight = triggerWeight();
        for (int n = 0; n < massive.triggers(); n++) {
            target[massive.trigger(n)] = 0;
        }
        for (int i = 0; i < massive.pattern().length; i++) {
            for (int n = 0; n < massive.triggers() && massive.pattern()[i] == row; n++) {
                target[massive.trigger(n)] = MassiveChannels.patternSign(i) * weight;
            }
        }
    }

    /// Lifts the pattern to twice the trigger level, given the deviation of the stream at position 0: the embedding,
    /// the first attention's output (about 0.55) and the pattern itself.
    private float triggerWeight() {
        double variance = MassiveChannels.EMBEDDING_DEVIATION * MassiveChannels.EMBEDDING_DEVIATION
                + 0.55 * 0.55 * depthScale * depthScale
                + MassiveChannels.PATTERN * MassiveChannels.PATTERN * massive.pattern().length / d;
        double matched = massive.pattern().length * MassiveChannels.PATTERN / Math.sqrt(variance)
                * MassiveChannels.TRIGGER_GAIN;
        return (float) (2 * MassiveChannels.TRIGGER_LEVEL / matched);
    }

    private static boolean isSink(int head) {
        return head % 3 == 1;
    }

    private static float sinkSign(int channel) {
        return Integer.bitCount(channel) % 2 == 0 ? 1 : -1;
    }
}
