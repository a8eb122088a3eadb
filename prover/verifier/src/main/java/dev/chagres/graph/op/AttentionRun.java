package dev.chagres.graph.op;

import dev.chagres.graph.Evaluation;
import dev.chagres.graph.FallingTable;
import dev.chagres.graph.Panel;
import dev.chagres.graph.Panel.WeightTiles;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Width;
import dev.chagres.graph.Workspace;
import dev.chagres.semantics.DomainException;
import dev.chagres.tensor.IntTensor;
import java.util.ArrayList;
import java.util.List;

/// The integer evaluation of an [Attention] during one run, with keys and values of earlier rows kept in 16 bits, as
/// factors of matrix products need them.
///
/// A task computes all scores of some queries of one head, or of several heads side by side, as a panel `[key][query]`,
/// finds the offsets, and multiplies the weights with the values. Sums of weights times values stay below 2^29 in
/// absolute value in any order of summation, because weights are not negative and add up to at most Rmax.
final class AttentionRun {
    /// Queries of one task.
    private static final int LANES = 64;
    /// Most keys of all heads of one task.
    private static final int KEYS = 1 << 15;
    /// Entries of the exponential's table besides those of the key.
    static final int MORE_ENTRIES = 3;
    /// Up to this many queries of a block are computed one by one.
    private static final int FEW_ROWS = 4;
    /// In place of the score of a masked key: further from every offset than the table is long, and differences do not
    /// wrap.
    private static final int MASKED = -(1 << 30);

    private final Attention op;
    private final RowBlocks rows;
    private final int heads;
    private final int keyHeads;
    private final int channels;
    private final int side;
    /// Where values are, among others.
    private final ActivationIndex whole;
    private final FallingTable exponential;
    /// Keys `[head][row][channel]`, of the heads of keys.
    private final IntTensor keys;
    /// Values `[block][head][channel][row]`.
    private final IntTensor values;
    private int filled;

    AttentionRun(Evaluation run, Attention op, RowBlocks rows, Width heads, Width keyHeads) {
        this.op = op;
        this.rows = rows;
        this.heads = heads.count();
        this.keyHeads = keyHeads.count();
        this.channels = 1 << heads.bits();
        this.side = 1 << rows.bits();
        this.whole = new ActivationIndex(op.k.shape());
        this.exponential = run.state(op.softmax.exponential(), () -> table(run, op.softmax));
        this.keys = run.allocate((long) keyHeads.padded() * rows.padded(), 16);
        this.values = run.allocate((long) keyHeads.padded() * rows.padded(), 16);
    }

    /// EXP from -1 on.
    private static FallingTable table(Evaluation run, Attention.Softmax softmax) {
        IntTensor exp = run.of(LookupTables.storedColumn(softmax.exponential(), 1));
        IntTensor before = run.of(LookupTables.storedColumn(softmax.exponential(), 2));
        IntTensor values = run.allocate(exp.size() + MORE_ENTRIES, 32);
        values.set(0, before.get(0));
        for (long d = 0; d < exp.size(); d++) {
            values.set(d + 1, exp.get(d));
        }
        return FallingTable.of(values);
    }

    void evaluate(Evaluation run, int from, int to) {
        fill(run, Math.min(filled, from), to);
        List<RowSpan> spans = new ArrayList<>();
        for (RowSpan block : RowSpan.cut(from, to, side)) {
            spans.addAll(RowSpan.cut(block.from(), block.to(), block.rows() <= FEW_ROWS ? 1 : lanes(run)));
        }
        // The last rows take longest, so they go first.
        List<Heads> parts = heads(run);
        run.parallel(spans.size() * parts.size(), (memory, task) -> queries(run, memory,
                parts.get(task % parts.size()), spans.get(spans.size() - 1 - task / parts.size())));
    }

    /// Neighbouring heads of one task.
    private record Heads(int first, int count) {}

    private List<Heads> heads(Evaluation run) {
        int most = run.groupsOfTask(headsOfTask(rows.padded(), heads, heads / keyHeads));
        List<Heads> parts = new ArrayList<>();
        for (int first = 0; first < heads; first += most) {
            parts.add(new Heads(first, Math.min(most, heads - first)));
        }
        return parts;
    }

    /// Most heads of one task: one, or some with all that share their keys.
    ///
    /// @param keys all of them, padded ones included
    /// @param share heads that have the same keys
    static int headsOfTask(int keys, int heads, int share) {
        return Math.max(1, Math.min(heads, KEYS / keys / share * share));
    }

    private int lanes(Evaluation run) {
        return Math.min(run.rowsOfTask(LANES), side);
    }

    /// Copies keys and values of rows [from, to).
    private void fill(Evaluation run, int from, int to) {
        if (run.draft() && from + 1 < to) {
            throw new IllegalStateException(op.name() + ": rows before the drafted row " + (to - 1)
                    + " have not been evaluated");
        }
        ActivationIndex at = ActivationIndex.of(run, op.k.shape());
        IntTensor k = run.of(op.k);
        IntTensor v = run.of(op.v);
        List<RowSpan> spans = RowSpan.cut(from, to, side);
        int together = run.groupsOfTask(keyHeads);
        int parts = (keyHeads + together - 1) / together;
        run.parallel(spans.size() * parts, (memory, task) -> {
            int head = task % parts * together;
            RowSpan span = spans.get(task / parts);
            Panel panel = memory.panel(channels, span.rows(), Math.min(together, keyHeads - head));
            at.load(panel, k, span.from(), head * channels);
            panel.storeTransposed(keys, key(head, span.from()), channels, key(1, 0));
            at.load(panel, v, span.from(), head * channels);
            whole.store(panel, values, span.from(), head * channels);
        });
        filled = to;
    }

    private long key(int head, int row) {
        return ((long) head * rows.padded() + row) * channels;
    }

    /// Panels of the largest task: queries, y and its remainder; scores, weights and those before; five lane arrays. A
    /// task of masked positions has no more, nor has one that copies keys and values.
    ///
    /// @param keys all of them, padded ones included
    /// @param share heads that have the same keys
    static long panelElements(int keys, int channels, int heads, int share, int lanes) {
        long ofHeads = (3L * channels + 3L * keys + 5) * headsOfTask(keys, heads, share);
        return Math.max(ofHeads, (long) channels * heads / share) * lanes;
    }

    // --- one task --------------------------------------------------------------------------------------------------

    private void queries(Evaluation run, Workspace memory, Heads part, RowSpan span) {
        int count = (span.to() + 15) & -16;
        Panel scores = scores(run, memory, part, span, 0, count);
        scores.mask(span.from(), MASKED);
        Panel offsets = offsets(memory, scores);
        Panel weights = memory.panel(count, span.rows(), part.count());
        Panel before = memory.panel(count, span.rows(), part.count());
        scores.distances(offsets, exponential, weights, before);
        Panel outside = memory.panel(1, span.rows(), part.count());
        outside.firstOutside(scores, 0, op.softmax.reach() + 1, span.from());
        if (run.activationsOnly()) {
            checkReach(outside, scores, part, span, 0, 0);
        } else {
            // Before anything of one lane is looked at, so that a device brings all of it at once.
            Panel sums = memory.panel(1, span.rows(), part.count());
            sums.sums(weights);
            Panel sumsBefore = memory.panel(1, span.rows(), part.count());
            sumsBefore.sums(before);
            checkReach(outside, scores, part, span, 0, 0);
            store(run.of(op.distance), scores, part, span);
            store(run.of(op.weight), weights, part, span);
            store(run.of(op.before), before, part, span);
            setRows(run, part, span, offsets, sums, sumsBefore);
        }
        output(run, memory, part, span, weights);
    }

    /// @param outside by lane the first channel of `distances` that is out of reach
    /// @param distances `[key][query]`, of keys from `first` on, plus `offset`
    private void checkReach(Panel outside, Panel distances, Heads part, RowSpan span, int first, int offset) {
        outside.tellOutside(distances.channels(), (g, t, j) -> {
            throw beyond(part.first() + g, span.from() + t, first + j, distances.get(j, g, t) - offset);
        });
    }

    private DomainException beyond(int head, int row, int key, int distance) {
        int reach = op.softmax.reach();
        return new DomainException(op.name(), row, "head " + head + ", key " + key + ": a score is " + distance
                + " from the offset, out of the table's reach of " + reach,
                new DomainException.Excess(DomainException.Limit.SCORE, distance, -reach, reach));
    }

    /// S for keys [first, first + count) as `[key][query]`.
    private Panel scores(Evaluation run, Workspace memory, Heads part, RowSpan span, int first, int count) {
        Panel query = memory.panel(channels, span.rows(), part.count());
        ActivationIndex.of(run, op.q.shape()).load(query, run.of(op.q), span.from(), part.first() * channels);
        Panel scores = memory.panel(count, span.rows(), part.count());
        scores.fill(0);
        scores.addProduct(keys, new WeightTiles(key(op.keyHead(part.first()), first),
                Integer.numberOfTrailingZeros(channels), 0, key(1, 0), heads / keyHeads), query);
        return scores;
    }

    /// Writes a panel `[key][query]`, key 0 first, to the score tiles of its block of queries.
    private void store(IntTensor to, Panel panel, Heads part, RowSpan span) {
        for (int first = 0; first < panel.channels(); first += side) {
            panel.part(first, Math.min(side, panel.channels() - first))
                    .store(to, op.score(part.first(), span.from(), first), side, tile());
        }
    }

    /// Scores of a head, from which those of the next one follow.
    private long tile() {
        return (long) side * side;
    }

    private void setRows(Evaluation run, Heads part, RowSpan span, Panel offsets, Panel sums, Panel sumsBefore) {
        for (int g = 0; g < part.count(); g++) {
            for (int t = 0; t < span.rows(); t++) {
                // Rmax + 1 and more than Rmax fit 31 bits for every honest table; differences are taken in 64 for the
                // others.
                long slack = op.softmax.max() - Integer.toUnsignedLong(sums.get(0, g, t));
                long excess = Integer.toUnsignedLong(sumsBefore.get(0, g, t)) - op.softmax.max() - 1;
                op.setRow(run, part.first() + g, span.from() + t, offsets.get(0, g, t), Math.toIntExact(slack),
                        Math.toIntExact(excess));
            }
        }
    }

    private void output(Evaluation run, Workspace memory, Heads part, RowSpan span, Panel weights) {
        Panel y = memory.panel(channels, span.rows(), part.count());
        y.fill(0);
        y.addProduct(values, new WeightTiles(whole.of(0, op.keyHead(part.first()) * channels), rows.bits(),
                whole.of(side, 0), whole.of(0, channels), heads / keyHeads), weights);
        Panel rest = memory.panel(channels, span.rows(), part.count());
        y.shiftRound(op.softmax.shift(), rest);
        ActivationIndex at = ActivationIndex.of(run, op.q.shape());
        at.store(y, run.of(op.out), span.from(), part.first() * channels);
        if (!run.activationsOnly()) {
            at.store(rest, run.of(op.remainder), span.from(), part.first() * channels);
        }
    }

    // --- the offset ------------------------------------------------------------------------------------------------

    /// For every query the least L with R(L) <= Rmax, R(L) = sum_j EXP\[L - S_j\]. It is at least the largest score,
    /// because EXP\[-1\] > Rmax; R falls as L grows, and is 0 when L is a support above.
    private Panel offsets(Workspace memory, Panel scores) {
        Panel maxima = memory.panel(1, scores.lanes(), scores.groups());
        maxima.maxima(scores);
        Panel offsets = memory.panel(1, scores.lanes(), scores.groups());
        offsets.leastOffsets(scores, maxima, exponential, op.softmax.max(), op.softmax.support());
        return offsets;
    }

    // --- masked positions ------------------------------------------------------------------------------------------

    /// Masked positions: D = L - S + offset, where EXP is 0.
    void finish(Evaluation run) {
        fill(run, filled, rows.padded());
        List<RowSpan> spans = RowSpan.cut(0, rows.padded(), lanes(run));
        List<Heads> parts = heads(run);
        run.parallel(spans.size() * parts.size(), (memory, task) -> {
            Heads part = parts.get(task % parts.size());
            RowSpan span = spans.get(task / parts.size());
            int first = span.from() & -side;
            Panel scores = scores(run, memory, part, span, first, side);
            Panel offsets = memory.panel(1, span.rows(), part.count());
            offsets.load(run.of(op.offset), op.perRow(part.first(), span.from()), span.rows(), side);
            Panel maskOffsets = memory.panel(1, span.rows(), part.count());
            maskOffsets.fill(op.softmax.maskOffset());
            offsets.add(maskOffsets);
            scores.subtractFrom(offsets);
            checkReachOfMasked(memory, scores, part, span, first);
            // Positions that are not masked keep what they have.
            Panel distances = memory.panel(side, span.rows(), part.count());
            long tile = op.score(part.first(), span.from(), first);
            distances.load(run.of(op.distance), tile, side, tile());
            distances.copyAbove(span.from() - first, scores);
            distances.store(run.of(op.distance), tile, side, tile());
        });
    }

    /// @param distances `[key][query]`, mask offset included, of the keys from `first` on; masked ones matter
    private void checkReachOfMasked(Workspace memory, Panel distances, Heads part, RowSpan span, int first) {
        int offset = op.softmax.maskOffset();
        Panel masked = memory.panel(side, span.rows(), part.count());
        masked.fill(offset);
        masked.copyAbove(span.from() - first, distances);
        Panel outside = memory.panel(1, span.rows(), part.count());
        outside.firstOutside(masked, offset - op.softmax.reach(), offset + op.softmax.reach() + 1);
        checkReach(outside, masked, part, span, first, offset);
    }
}
