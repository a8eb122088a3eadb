package dev.chagres.gpt2.weights;

import java.util.Arrays;

/// What random models of all families share: two *massive* channels of the stream, which reach +-2000 to +-3000 (in
/// proportion below width 768) behind the first block in the rows that start a text, as in trained models. Such a row
/// holds a pattern of +-4 in a few channels; a few neurons of the first MLP, the triggers, fire on exactly that pattern
/// and write to the two channels.
final class MassiveChannels {
    /// Narrower models get no massive channels: the trigger pattern would not stand out of the noise.
    static final int LEAST_WIDTH = 64;

    static final float EMBEDDING_DEVIATION = 0.14f;
    static final float PATTERN = 4;
    /// Gain of the first block's second norm, large in GPT-2 too (0.87 against 0.24-0.31 in the middle layers).
    static final float TRIGGER_GAIN = 0.87f;
    /// What a trigger neuron reaches in a massive row.
    static final float TRIGGER_LEVEL = 12;
    /// Gain of norms at the massive channels.
    static final float GAIN = 0.25f;
    static final float SINK_KEY = 1.5f;

    private final Architecture config;
    private final int a;
    private final int b;
    private final int[] pattern;
    private final int triggers;

    MassiveChannels(Architecture config) {
        this.config = config;
        int d = config.width();
        // GPT-2 small's own massive channels are 138 and 447.
        a = (int) (d * 138L / 768);
        b = (int) (d * 447L / 768);
        pattern = new int[d >= LEAST_WIDTH && config.mlpWidth() >= LEAST_WIDTH ? 16 : 0];
        Arrays.setAll(pattern, i -> {
            int channel = (int) ((2L * i + 1) * d / (2L * pattern.length));
            return channel == a || channel == b ? channel + 1 : channel;
        });
        triggers = Math.min(16, config.mlpWidth() / 4);
    }

    /// Whether the model is wide enough to have any.
    boolean exist() {
        return pattern.length > 0;
    }

    /// The channel whose massive values are positive.
    int a() {
        return a;
    }

    /// The channel whose massive values are negative.
    int b() {
        return b;
    }

    /// Whether a channel is one of the two.
    boolean has(int channel) {
        return exist() && (channel == a || channel == b);
    }

    /// Magnitude the channels are meant to have.
    float level() {
        return 3000 * Math.min(1, config.width() / 768f);
    }

    /// Puts values into the two channels of a row.
    void set(float[] target, float atA, float atB) {
        if (exist()) {
            target[a] = atA;
            target[b] = atB;
        }
    }

    /// Channels of the pattern.
    int[] pattern() {
        return pattern;
    }

    /// Sign of the pattern in its channel i.
    static float patternSign(int i) {
        return (i & 1) == 0 ? 1 : -1;
    }

    /// Number of triggers.
    int triggers() {
        return triggers;
    }

    /// Neuron of trigger i.
    int trigger(int i) {
        return (int) ((long) i * config.mlpWidth() / triggers);
    }

    /// Whether a neuron is a trigger.
    boolean isTrigger(int neuron) {
        for (int i = 0; i < triggers; i++) {
            if (trigger(i) == neuron) {
                return exist();
            }
        }
        return false;
    }

    /// Deviations are stated for width 768.
    float widthScale() {
        return (float) Math.sqrt(768.0 / config.width());
    }

    /// What is written to the stream shrinks with the depth.
    float depthScale() {
        return (float) Math.sqrt(12.0 / Math.max(12, config.layers()));
    }
}
