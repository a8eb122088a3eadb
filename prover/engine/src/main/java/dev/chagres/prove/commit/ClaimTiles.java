package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.BatchedClaims.Term;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.store.Buffer;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// The passes of an opening over the committed values, one [RowRanges] range at a time, for the batched claims
/// `sum_x F(x) W(x)`.
///
/// In the low b variables (the head) W is a sum of few rank-one terms, W = sum_g eq(z_g, y) * (...), one group g per
/// distinct low point. So the head rounds need only `H_g[y] = sum over pieces of weight * <tail eq, F[.. y]>`, 2^b
/// values a group, found in one pass over the data with unreduced sums. A second pass folds F over the head variables
/// and writes W out over the others. [RowCombination] is the third.
///
/// Owns tables of eq until closed. Safe for use by several threads.
final class ClaimTiles implements AutoCloseable {
    private final FieldKernels field;
    private final PieceReader reader;
    private final ZeroPieces zeros;
    private final AddressSpace space;
    private final int head;
    private final List<List<Piece>> ranges;
    private final Map<Column, List<Part>> parts = new IdentityHashMap<>();
    private final List<QM31[]> groups;
    private final MemoryScope arena;

    /// A term with its group and the table of eq over its coordinates above the head.
    private record Part(Term term, int group, long tail) {}

    /// @param zeros pieces of the reader that are not read
    /// @param ranges pieces of every range ([RowRanges#pieces()])
    /// @param head log2 of the values that a group sums, at most the room of the smallest piece
    ClaimTiles(Host host, List<List<Piece>> ranges, PieceReader reader, ZeroPieces zeros, BatchedClaims batch, int head) {
        this.field = host.field();
        this.arena = host.scope();
        this.reader = reader;
        this.zeros = zeros;
        this.space = batch.space();
        this.head = head;
        this.groups = HeadGroups.of(batch, head);
        Map<List<QM31>, Integer> groupOf = new HashMap<>();
        groups.forEach(z -> groupOf.put(List.of(z), groupOf.size()));
        for (Term term : batch.terms()) {
            int group = groupOf.get(List.of(Arrays.copyOf(term.point(), head)));
            int tailBits = term.point().length - head;
            long tail = arena.allocateExt(1L << tailBits);
            field.eqTable(tail, Arrays.copyOfRange(term.point(), head, term.point().length), QM31.ONE);
            parts.computeIfAbsent(term.column(), c -> new ArrayList<>()).add(new Part(term, group, tail));
        }
        parts.values().forEach(list -> list.sort(Comparator.comparingInt(Part::group)));
        this.ranges = ranges;
    }

    /// H_g\[y\] of the pieces of a range: an ext array for each group, one after another.
    Buffer headSums(int range, Host host) {
        int size = 1 << head;
        long groupBytes = (long) size * Memory.EXT_BYTES;
        List<Piece> pieces = ranges.get(range).stream().filter(p -> parts.containsKey(p.column())).toList();
        int workers = host.threads();
        long bytes = groups.size() * groupBytes;
        Buffer result = Buffer.zeroed(host.memory(), bytes);
        try (MemoryScope scratch = host.scope()) {
            long[] sums = new long[workers];
            long[] data = new long[workers];
            long[] weights = new long[workers];
            for (int i = 0; i < workers; i++) {
                sums[i] = i == 0 ? result.address() : scratch.allocate(bytes);
                data[i] = scratch.allocateRaw(Memory.baseBytes(1L << space.k()));
                weights[i] = scratch.allocateExtRaw(1L << (space.k() - head));
            }
            host.run(pieces.size(), (w, i) -> addPiece(pieces.get(i), data[w], weights[w], sums[w], groupBytes));
            for (int i = 1; i < workers; i++) {
                field.addExt(sums[0], sums[0], sums[i], bytes / Memory.EXT_BYTES);
            }
            return result;
        } catch (RuntimeException | Error e) {
            result.close();
            throw e;
        }
    }

    private void addPiece(Piece piece, long data, long weights, long sums, long groupBytes) {
        List<Part> list = parts.get(piece.column());
        long rows = 1L << (piece.bits() - head);
        long ints = 0;
        for (int i = 0; i < list.size();) {
            int group = list.get(i).group();
            boolean any = false;
            for (; i < list.size() && list.get(i).group() == group; i++) {
                QM31 weight = list.get(i).term().weight(piece.index());
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
                    ints = zeros.ints(piece, data);
                }
                if (ints == 0) {
                    return;
                }
                field.combineRowsInts(
                        sums + group * groupBytes, ints, reader.bits(piece), 1L << head, 1L << head, weights, rows);
            }
        }
    }

    /// F, then W, over the rows of a range, folded over the head variables at `low`: two ext arrays of
    /// `RowRanges.ROWS * 2^(k - head)` elements.
    Buffer fold(int range, QM31[] low, Host host) {
        List<Piece> pieces = ranges.get(range);
        long first = (long) range * RowRanges.ROWS << (space.k() - head);
        long elements = (long) RowRanges.ROWS << (space.k() - head);
        QM31[] factors = groups.stream().map(z -> Eq.eval(z, low)).toArray(QM31[]::new);
        Buffer result = Buffer.zeroed(host.memory(), 2 * elements * Memory.EXT_BYTES);
        long f = result.address();
        long w = f + elements * Memory.EXT_BYTES;
        try (MemoryScope scratch = host.scope()) {
            long eq = scratch.allocateExt(1L << head);
            field.eqTable(eq, low, QM31.ONE);
            long[] data = new long[host.threads()];
            for (int i = 0; i < data.length; i++) {
                data[i] = scratch.allocateRaw(Memory.baseBytes(1L << space.k()));
            }
            // Pieces cover disjoint elements of f and w.
            host.run(pieces.size(), (worker, i) -> {
                Piece piece = pieces.get(i);
                long at = (piece.address() >>> head) - first;
                long rows = 1L << (piece.bits() - head);
                long ints = zeros.ints(piece, data[worker]);
                int bits = reader.bits(piece);
                for (long row = 0; ints != 0 && row < rows; row++) {
                    Memory.setExt(f, at + row, field.dotInts(ints + (row << head) * (bits / 8), bits, eq, 1L << head));
                }
                for (Part part : parts.getOrDefault(piece.column(), List.of())) {
                    QM31 weight = part.term().weight(piece.index());
                    if (!weight.isZero()) {
                        addWeights(w, at, part.tail(), weight.mul(factors[part.group()]), rows);
                    }
                }
            });
            return result;
        } catch (RuntimeException | Error e) {
            result.close();
            throw e;
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

    @Override
    public void close() {
        arena.close();
    }
}
