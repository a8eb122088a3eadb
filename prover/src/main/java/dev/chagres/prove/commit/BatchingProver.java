package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.BatchedClaims.Term;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.commit.OpeningTags;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import dev.chagres.transcript.ProverChannel;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// The batching sumcheck of `sum_x F(x) W(x)`.
///
/// Head: in the low b variables W is a sum of few rank-one terms, W = sum_g eq(z_g, y) * (...), one group g per
/// distinct low point. So the b head rounds need only `H_g[y] = sum over pieces of weight * <tail eq, F[.. y]>`, 2^b
/// values a group, found in one pass over the data with unreduced sums. Tail: F is folded over the head variables in
/// a second pass, W is written out over the other variables, and an ordinary product sumcheck follows.
final class BatchingProver {
    private final FieldKernels field;
    private final Parallel parallel;
    private final boolean checked;
    private final PieceReader reader;
    private final AddressSpace space;
    private final BatchedClaims batch;
    private final int head;
    private final Map<Column, List<Part>> parts = new IdentityHashMap<>();
    private final List<QM31[]> groups = new ArrayList<>();
    private QM31 headClaim;
    private QM31 value;

    /// A term with its group and the table of eq over its coordinates above the head.
    private record Part(Term term, int group, long tail) {}

    BatchingProver(FieldKernels field, Parallel parallel, boolean checked, PieceReader reader, BatchedClaims batch,
            int head) {
        this.field = field;
        this.parallel = parallel;
        this.checked = checked;
        this.reader = reader;
        this.space = batch.space();
        this.batch = batch;
        this.head = head;
    }

    /// Runs all rounds and sends F(r).
    ///
    /// @return r, one coordinate per variable of F
    QM31[] run(ProverChannel channel) {
        int n = space.variables();
        QM31[] r = new QM31[n];
        try (Arena arena = Arena.ofShared()) {
            prepare(arena);
            QM31[] factors = headRounds(channel, r);
            long tailSize = 1L << (n - head);
            long f = Memory.allocateExt(arena, tailSize);
            long w = Memory.allocateExt(arena, tailSize);
            foldHead(f, w, Arrays.copyOf(r, head), factors);
            ProductSumcheck tail = new ProductSumcheck(field, parallel, checked, f, w, tailSize, headClaim);
            for (int v = n - 1; v >= head; v--) {
                r[v] = tail.round(channel, OpeningTags.BATCH);
            }
            value = Memory.getExt(f, 0);
            if (checked && !value.mul(Memory.getExt(w, 0)).equals(tail.claim())) {
                throw new IllegalStateException("batching sumcheck: F(r) W(r) is not the last claim");
            }
            channel.send(OpeningTags.VALUE, value);
        }
        return r;
    }

    /// F(r), after [#run(ProverChannel)].
    QM31 value() {
        return value;
    }

    private void prepare(Arena arena) {
        Map<List<QM31>, Integer> groupOf = new HashMap<>();
        for (Term term : batch.terms()) {
            QM31[] low = Arrays.copyOf(term.point(), head);
            int group = groupOf.computeIfAbsent(List.of(low), p -> {
                groups.add(low);
                return groups.size() - 1;
            });
            int tailBits = term.point().length - head;
            long tail = Memory.allocateExt(arena, 1L << tailBits);
            field.eqTable(tail, Arrays.copyOfRange(term.point(), head, term.point().length), QM31.ONE);
            parts.computeIfAbsent(term.column(), c -> new ArrayList<>()).add(new Part(term, group, tail));
        }
        parts.values().forEach(list -> list.sort(Comparator.comparingInt(Part::group)));
    }

    /// The pieces of both matrices with their addresses in F.
    private List<Piece> pieces() {
        List<Piece> all = new ArrayList<>();
        for (MatrixLayout layout : List.of(space.witness(), space.key())) {
            for (Piece p : layout.pieces()) {
                all.add(new Piece(p.column(), p.tile(), p.part(), p.index(), p.bits(),
                        p.address() + space.base(layout)));
            }
        }
        return all;
    }

    // --- head -------------------------------------------------------------------------------------------

    /// Binds the head variables, top of them first; returns eq(z_g, r_head) for every group.
    private QM31[] headRounds(ProverChannel channel, QM31[] r) {
        int size = 1 << head;
        // Group number lowest, so that halves of the tables are halves of the top variable; padded with zeros.
        long stride = Memory.padded(Math.max(1, groups.size()));
        try (Arena arena = Arena.ofShared()) {
            long eq = Memory.allocateExt(arena, size * stride);
            long h = Memory.allocateExt(arena, size * stride);
            long sums = headSums(arena);
            for (int g = 0; g < groups.size(); g++) {
                QM31[] table = Eq.table(groups.get(g));
                for (int y = 0; y < size; y++) {
                    Memory.setExt(eq, y * stride + g, table[y]);
                    Memory.setExt(h, y * stride + g, Memory.getExt(sums + (long) g * size * Memory.EXT_BYTES, y));
                }
            }
            ProductSumcheck rounds =
                    new ProductSumcheck(field, parallel, checked, eq, h, size * stride, batch.value());
            for (int v = head - 1; v >= 0; v--) {
                r[v] = rounds.round(channel, OpeningTags.BATCH);
            }
            headClaim = rounds.claim();
            QM31[] factors = new QM31[groups.size()];
            for (int g = 0; g < factors.length; g++) {
                factors[g] = Memory.getExt(eq, g);
            }
            return factors;
        }
    }

    /// H_g[y] for all groups, one after another.
    private long headSums(Arena arena) {
        int size = 1 << head;
        long groupBytes = (long) size * Memory.EXT_BYTES;
        List<Piece> pieces = pieces().stream().filter(p -> parts.containsKey(p.column())).toList();
        int workers = parallel.threads();
        long[] sums = new long[workers];
        try (Arena scratch = Arena.ofShared()) {
            long[] data = new long[workers];
            long[] weights = new long[workers];
            for (int i = 0; i < workers; i++) {
                sums[i] = Memory.allocate(i == 0 ? arena : scratch, groups.size() * groupBytes);
                data[i] = Memory.allocateBase(scratch, 1L << space.k());
                weights[i] = Memory.allocateExt(scratch, 1L << (space.k() - head));
            }
            parallel.run(pieces.size(), (w, i) ->
                    addPiece(pieces.get(i), data[w], weights[w], sums[w], groupBytes));
            for (int i = 1; i < workers; i++) {
                field.addExt(sums[0], sums[0], sums[i], (long) groups.size() * size);
            }
        }
        return sums[0];
    }

    private void addPiece(Piece piece, long data, long weights, long sums, long groupBytes) {
        List<Part> list = parts.get(piece.column());
        long rows = 1L << (piece.bits() - head);
        long ints = 0;
        for (int i = 0; i < list.size();) {
            int group = list.get(i).group();
            boolean any = false;
            for (; i < list.size() && list.get(i).group() == group; i++) {
                QM31 weight = list.get(i).term().weights()[piece.index()];
                if (!weight.isZero()) {
                    if (any) {
                        field.addScaledExt(weights, list.get(i).tail(), weight, rows);
                    } else {
                        field.scaleExt(weights, list.get(i).tail(), weight, rows);
                    }
                    any = true;
                }
            }
            if (any) {
                if (ints == 0) {
                    ints = reader.ints(piece, data);
                }
                field.combineRowsInts(
                        sums + group * groupBytes, ints, reader.bits(piece), 1L << head, 1L << head, weights, rows);
            }
        }
    }

    // --- tail -------------------------------------------------------------------------------------------

    /// f = F folded over the head variables at `low`, w = W likewise; both zeroed on entry.
    private void foldHead(long f, long w, QM31[] low, QM31[] factors) {
        List<Piece> pieces = pieces();
        try (Arena scratch = Arena.ofShared()) {
            long eq = Memory.allocateExt(scratch, 1L << head);
            field.eqTable(eq, low, QM31.ONE);
            long[] data = new long[parallel.threads()];
            for (int i = 0; i < data.length; i++) {
                data[i] = Memory.allocateBase(scratch, 1L << space.k());
            }
            // Pieces cover disjoint elements of f and w.
            parallel.run(pieces.size(), (worker, i) -> {
                Piece piece = pieces.get(i);
                long at = piece.address() >>> head;
                long rows = 1L << (piece.bits() - head);
                long ints = reader.ints(piece, data[worker]);
                int bits = reader.bits(piece);
                for (long row = 0; row < rows; row++) {
                    Memory.setExt(f, at + row, field.dotInts(ints + (row << head) * (bits / 8), bits, eq, 1L << head));
                }
                for (Part part : parts.getOrDefault(piece.column(), List.of())) {
                    QM31 weight = part.term().weights()[piece.index()];
                    if (!weight.isZero()) {
                        addWeights(w, at, part.tail(), weight.mul(factors[part.group()]), rows);
                    }
                }
            });
        }
    }

    private void addWeights(long w, long at, long tail, QM31 scale, long rows) {
        if (rows >= Memory.BLOCK) {
            field.addScaledExt(w + at * Memory.EXT_BYTES, tail, scale, rows);
        } else {
            for (long i = 0; i < rows; i++) {
                Memory.setExt(w, at + i, Memory.getExt(w, at + i).add(scale.mul(Memory.getExt(tail, i))));
            }
        }
    }

    /// u = sum_row eq(rowPoint, row) F[row], an ext array of 2^k elements.
    long combineRows(Arena arena, QM31[] rowPoint) {
        long k = 1L << space.k();
        QM31[] eq = Eq.table(rowPoint);
        List<Piece> pieces = pieces();
        int workers = parallel.threads();
        long[] sums = new long[workers];
        try (Arena scratch = Arena.ofShared()) {
            long[] data = new long[workers];
            for (int i = 0; i < workers; i++) {
                sums[i] = Memory.allocateExt(i == 0 ? arena : scratch, k);
                data[i] = Memory.allocateBase(scratch, k);
            }
            parallel.run(pieces.size(), (worker, i) -> {
                Piece piece = pieces.get(i);
                long ints = reader.ints(piece, data[worker]);
                long slot = piece.address() & (k - 1);
                field.addScaledInts(sums[worker] + slot * Memory.EXT_BYTES, ints, reader.bits(piece),
                        eq[(int) (piece.address() >>> space.k())], 1L << piece.bits());
            });
            for (int i = 1; i < workers; i++) {
                field.addExt(sums[0], sums[0], sums[i], k);
            }
        }
        return sums[0];
    }
}
