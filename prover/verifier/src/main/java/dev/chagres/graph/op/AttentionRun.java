package dev.chagres.graph.op;

import dev.chagres.graph.Evaluation;
import dev.chagres.graph.FallingTable;
import dev.chagres.graph.Panel;
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
/// A task computes all scores of some queries of one head as a panel `[key][query]`, finds the offsets, and multiplies
/// the weights with the values. Sums of weights times values stay below 2^29 in absolute value in any order of
/// summation, because weights are not negative and add up to at most Rmax.
final class AttentionRun {
    /// Queries of one task.
    private static final int LANES = 64;
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
        run.parallel(spans.size() * heads, (memory, task) ->
                queries(run, memory, task % heads, spans.get(spans.size() - 1 - task / heads)));
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
        run.parallel(spans.size() * keyHeads, (memory, task) -> {
            int head = task % keyHeads;
            RowSpan span = spans.get(task / keyHeads);
            Panel panel = memory.panel(channels, span.rows());
            at.load(panel, k, span.from(), head * channels);
            panel.storeTransposed(keys, key(head, span.from()), channels);
            at.load(panel, v, span.from(), head * channels);
            whole.store(panel, values, span.from(), head * channels);
        });
        filled = to;
    }

    private long key(int head, int row) {
        return ((long) head * rows.padded() + row) * channels;
    }

    /// Panels of the largest task: queries, y and its remainder; scores, weights and those before; five lane arrays. A
    /// task of masked positions has no more.
    ///
    /// @param keys all of them, padded ones included
    static long panelElements(int keys, int channels, int lanes) {
        return (3L * channels + 3L * keys + 5) * lanes;
    }

    // --- one task --------------------------------------------------------------------------------------------------

    private void queries(Evaluation run, Workspace memory, int head, RowSpan span) {
        int lanes = span.rows();
        int count = (span.to() + 15) & -16;
        Panel scores = scores(run, memory, head, span, 0, count);
        scores.mask(span.from(), MASKED);
        Panel offsets = offsets(memory, scores);
        Panel weights = memory.panel(count, lanes);
        Panel before = memory.panel(count, lanes);
        scores.distances(offsets, exponential, weights, before);
        checkReach(memory, scores, head, span);
        if (!run.activationsOnly()) {
            store(run.of(op.distance), scores, head, span);
            store(run.of(op.weight), weights, head, span);
            store(run.of(op.before), before, head, span);
            sums(run, memory, head, span, offsets, weights, before);
        }
        output(run, memory, head, span, weights);
    }

    /// @param distances `[key][query]`, of keys 0 to the last query; later keys of a query do not matter
    private void checkReach(Workspace memory, Panel distances, int head, RowSpan span) {
        Panel outside = memory.panel(1, span.rows());
        outside.firstOutside(distances, 0, op.softmax.reach() + 1, span.from());
        outside.tellOutside(distances.channels(), (t, j) -> {
            throw beyond(head, span.from() + t, j, distances.get(j, t));
        });
    }

    private DomainException beyond(int head, int row, int key, int distance) {
        return new DomainException(op.name(), row, "head " + head + ", key " + key + ": a score is " + distance
                + " from the offset, out of the table's reach of " + op.softmax.reach());
    }

    /// S for keys [first, first + count) as `[key][query]`.
    private Panel scores(Evaluation run, Workspace memory, int head, RowSpan span, int first, int count) {
        Panel query = memory.panel(channels, span.rows());
        ActivationIndex.of(run, op.q.shape()).load(query, run.of(op.q), span.from(), head * channels);
        Panel scores = memory.panel(count, span.rows());
        scores.fill(0);
        scores.addProduct(keys, key(op.keyHead(head), first), channels, query);
        return scores;
    }

    /// Writes a panel `[key][query]`, key 0 first, to the score tiles of its block of queries.
    private void store(IntTensor to, Panel panel, int head, RowSpan span) {
        for (int first = 0; first < panel.channels(); first += side) {
            Panel part = panel.part(first, Math.min(side, panel.channels() - first));
            part.store(to, op.score(head, span.from(), first), side);
        }
    }

    private void sums(Evaluation run, Workspace memory, int head, RowSpan span, Panel offsets, Panel weights,
            Panel before) {
        Panel sums = memory.panel(1, span.rows());
        sums.sums(weights);
        Panel sumsBefore = memory.panel(1, span.rows());
        sumsBefore.sums(before);
        for (int t = 0; t < span.rows(); t++) {
            // Rmax + 1 and more than Rmax fit 31 bits for every honest table; differences are taken in 64 for the
            // others.
            long slack = op.softmax.max() - Integer.toUnsignedLong(sums.get(0, t));
            long excess = Integer.toUnsignedLong(sumsBefore.get(0, t)) - op.softmax.max() - 1;
            op.setRow(run, head, span.from() + t, offsets.get(0, t), Math.toIntExact(slack), Math.toIntExact(excess));
        }
    }

    private void output(Evaluation run, Workspace memory, int head, RowSpan span, Panel weights) {
        Panel y = memory.panel(channels, span.rows());
        y.fill(0);
        for (int first = 0; first < weights.channels(); first += side) {
            Panel part = weights.part(first, Math.min(side, weights.channels() - first));
            y.addProduct(values, whole.of(first, op.keyHead(head) * channels), side, part);
        }
        Panel rest = memory.panel(channels, span.rows());
        y.shiftRound(op.softmax.shift(), rest);
        ActivationIndex at = ActivationIndex.of(run, op.q.shape());
        at.store(y, run.of(op.out), span.from(), head * channels);
        if (!run.activationsOnly()) {
            at.store(rest, run.of(op.remainder), span.from(), head * channels);
        }
    }

    // --- the offset ------------------------------------------------------------------------------------------------

    /// For every query the least L with R(L) <= Rmax, R(L) = sum_j EXP\[L - S_j\]. It is at least the largest score,
    /// because EXP\[-1\] > Rmax; R falls as L grows, and is 0 when L is a support above.
    private Panel offsets(Workspace memory, Panel scores) {
        Panel maxima = memory.panel(1, scores.lanes());
        maxima.maxima(scores);
        Panel offsets = memory.panel(1, scores.lanes());
        offsets.leastOffsets(scores, maxima, exponential, op.softmax.max(), op.softmax.support());
        return offsets;
    }

    // --- masked positions ------------------------------------------------------------------------------------------

    /// Masked positions: D = L - S + offset, where EXP is 0.
    void finish(Evaluation run) {
        fill(run, filled, rows.padded());
        List<RowSpan> spans = RowSpan.cut(0, rows.padded(), lanes(run));
        run.parallel(spans.size() * heads, (memory, task) -> {
            int head = task % heads;
            RowSpan span = spans.get(task / heads);
            int first = span.from() & -side;
            Panel scores = scores(run, memory, head, span, first, side);
            Panel offsets = memory.panel(1, span.rows());
            offsets.load(run.of(op.offset), op.perRow(head, span.from()), span.rows());
            Panel maskOffsets = memory.panel(1, span.rows());
            maskOffsets.fill(op.softmax.maskOffset());
            offsets.add(maskOffsets);
            scores.subtractFrom(offsets);
            checkReachOfMasked(memory, scores, head, span, first);
            // Positions that are not masked keep what they have.
            Panel distances = memory.panel(side, span.rows());
            long tile = op.score(head, span.from(), first);
            distances.load(run.of(op.distance), tile, side);
            distances.copyAbove(span.from() - first, scores);
            distances.store(run.of(op.distance), tile, side);
        });
    }

    /// @param distances `[key][query]`, mask offset included, of the keys from `first` on; masked ones matter
    private void checkReachOfMasked(Workspace memory, Panel distances, int head, RowSpan span, int first) {
        int offset = op.softmax.maskOffset();
        Panel masked = memory.panel(side, span.rows());
        masked.fill(offset);
        masked.copyAbove(span.from() - first, distances);
        Panel outside = memory.panel(1, span.rows());
        outside.firstOutside(masked, offset - op.softmax.reach(), offset + op.softmax.reach() + 1);
        outside.tellOutside(side, (t, j) -> {
            throw beyond(head, span.from() + t, first + j, masked.get(j, t) - offset);
        });
    }
}
