package dev.chagres.gpt2.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What in an integer model is likely to cost accuracy, in sentences by layer.
public final class Suspicions {
    /// A larger share of cut values is a warning: two in ten thousand values of a gated MLP can cost a fifth of the
    /// perplexity.
    private static final double CUT_SHARE = 1e-5;
    /// Fewer cut values than this are chance.
    private static final long CUT_VALUES = 10;

    /// A wide write that adds a larger share of what it may is a warning: calibration leaves eight times what it saw.
    private static final double WRITE_SHARE = 0.5;

    private Suspicions() {}

    /// Ranges that a text passes which are too thin for it.
    ///
    /// @param text what was run, as a message names it
    public static List<String> ranges(List<ClampedRange> ranges, String text) {
        List<String> found = new ArrayList<>();
        for (ClampedRange r : ranges) {
            if (r.cut() >= CUT_VALUES && r.share() > CUT_SHARE) {
                found.add(sentence(r, r.share(), "", text));
            } else if (r.firstCut() >= CUT_VALUES && r.firstShare() > CUT_SHARE) {
                found.add(sentence(r, r.firstShare(), " in first rows", text));
            }
        }
        return found;
    }

    private static String sentence(ClampedRange r, double share, String where, String text) {
        return String.format(Locale.ROOT, "layer %d: %.2g %% of %s%s pass their calibrated range on %s, up to %.2f"
                + " times, and are cut; calibrate on more such text", r.layer(), 100 * share, plural(r.what()), where,
                text, r.largest());
    }

    private static String plural(String what) {
        return switch (what) {
            case "query" -> "the queries";
            case "key" -> "the keys";
            case "value" -> "the values v";
            default -> "the MLP's hidden values";
        };
    }

    /// Wide writes that a text brings near the end of what they may add.
    ///
    /// @param text what was run, as a message names it
    public static List<String> writes(List<WriteRange> writes, String text) {
        return writes.stream().filter(w -> !w.whole() && w.share() > WRITE_SHARE).map(w -> String.format(Locale.ROOT,
                "layer %d: what the %s matrix adds to the stream comes to %.0f %% of what the model allows on %s, and a"
                        + " run that adds more is refused; calibrate on more such text", w.layer(), w.matrix(),
                100 * w.share(), text)).toList();
    }

    /// Writes to the stream whose integers are so small that rounding them costs accuracy.
    public static List<String> matrices(List<ModelMatrices.Scale> matrices) {
        return matrices.stream().filter(ModelMatrices.Scale::coarse).map(m -> String.format(Locale.ROOT,
                "layer %d: the integers of the %s matrix have an rms of %.1f, below %.0f: rounding them costs accuracy;"
                        + " the stream's unit is too coarse for this write", m.layer(), m.matrix(), m.rms(),
                ModelMatrices.LEAST_WRITER_RMS)).toList();
    }
}
