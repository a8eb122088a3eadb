package dev.chagres.gpt2.forgery;

import dev.chagres.graph.Width;
import dev.chagres.tensor.Column;
import java.util.Arrays;

/// The columns of the head from the logits, whatever id was chosen: a difference below 0 has a high limb below 0.
final class HeadRows {
    static final int LIMB = 15;

    private final CheatingProver.Run r;
    private final Cells high;
    private final Width words;
    private final int[] ids;
    private final int first;

    HeadRows(CheatingProver.Run r) {
        this.r = r;
        this.high = new Cells(r, "head.high");
        this.words = Width.of(r.spec().shape().vocab());
        this.ids = r.about.generated();
        this.first = r.about.promptLength() - 1;
    }

    /// Logits of a row of the sequence, padded words included.
    long[] logits(int row) {
        Product head = new Product(r, "head.norm.n", "head", Width.of(r.spec().shape().width()), words);
        long[] logits = new long[words.padded()];
        Arrays.setAll(logits, v -> head.at(row, v));
        return logits;
    }

    /// Row of the sequence that decides generated row `g`; padded rows repeat the last.
    int source(int g) {
        return first + Math.min(g, ids.length - 1);
    }

    int id(int g) {
        return ids[Math.min(g, ids.length - 1)];
    }

    /// Fills all columns of the head.
    void differences() {
        Column chosen = r.column("head.chosen");
        for (int g = 0; g < chosen.shape().size(); g++) {
            long[] logits = logits(source(g));
            r.data("head.chosen").set(g, Math.toIntExact(logits[id(g)]));
            for (int v = 0; v < logits.length; v++) {
                difference(g, v, logits[id(g)] - logits[v] - (v < id(g) ? 1 : 0));
            }
        }
    }

    void difference(int g, int word, long difference) {
        high.set(g, word, difference >> LIMB);
        new Cells(r, "head.low").set(g, word, difference & ((1 << LIMB) - 1));
    }
}
