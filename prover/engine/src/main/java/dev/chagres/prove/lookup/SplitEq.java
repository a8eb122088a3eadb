package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.data.EqTable;
import dev.chagres.prove.host.Host;
import dev.chagres.tensor.Eq;
import java.util.Arrays;

/// The equality polynomial eq(r, x) over the lower variables of a sumcheck as a product of two small tables (Gruen,
/// eprint 2024/108, section 3): a kernel sums a chunk against the table of the lowest variables, and the sum is scaled
/// by the entry of the others. So no table of the size of the data is made or read.
final class SplitEq {
    /// Variables of one chunk: its table is 16 KiB.
    static final int CHUNK_BITS = 10;

    /// Sum over one chunk, which starts at element `from`.
    @FunctionalInterface
    interface ChunkSum {
        QM31[] sum(int worker, long from, int n);
    }

    private final FieldKernels kernels;
    private final long low;
    private final QM31[] high;
    private int variables;
    /// Variables of the table of a chunk.
    private int lowBits;
    /// Numbers of the chunks in a strip that are stored; null for all from 0 on.
    private final int[] runs;
    private Strips strips;

    /// @param arena owns the table
    /// @param r coordinates of the variables that eq depends on, at least 4
    /// @param strips the positions below the variable of the round; the top coordinates of r are those of strips
    SplitEq(MemoryScope arena, QM31[] r, Strips strips, FieldKernels kernels) {
        this(arena, r, strips, Math.min(CHUNK_BITS, r.length - strips.bits()), null, kernels);
    }

    /// Some runs of every strip only, for rounds of variables that separate strips.
    ///
    /// @param runBits log2 of the positions of a run
    /// @param runs their numbers in a strip
    SplitEq(MemoryScope arena, QM31[] r, Strips strips, int runBits, int[] runs, FieldKernels kernels) {
        this.kernels = kernels;
        this.variables = r.length;
        this.strips = strips;
        this.lowBits = runBits;
        this.runs = runs;
        this.low = EqTable.allocate(arena, Arrays.copyOf(r, lowBits), QM31.ONE, kernels);
        this.high = Eq.table(Arrays.copyOfRange(r, lowBits, variables));
    }

    /// Drops the top variable: eq over one variable less is the sum of both halves.
    void halve() {
        variables--;
        strips = strips.bits() > 0 ? strips.half() : new Strips(0, 1L << variables);
        if (variables >= lowBits) {
            int half = 1 << (variables - lowBits);
            for (int i = 0; i < half; i++) {
                high[i] = high[i].add(high[i + half]);
            }
        } else {
            lowBits = variables;
            long half = 1L << variables;
            kernels.addExt(low, low, low + half * Memory.EXT_BYTES, half);
        }
    }

    /// Positions below the variable of the round.
    long size() {
        return strips.size();
    }

    /// Address of the table that the sum of a chunk is taken against.
    long table() {
        return low;
    }

    /// The weighted sum over all chunks.
    QM31[] sum(Host host, ChunkSum chunkSum) {
        int stripBits = variables - strips.bits();
        long width = strips.width();
        QM31[][] sums = new QM31[strips.parts(host, 1 << lowBits)][];
        strips.forEach(host, 1 << lowBits, (part, strip, from, n) -> {
            QM31[] s = chunkSum.sum(part, strip * width + from, n);
            int chunk = (int) (from >>> lowBits);
            QM31[] term = scaled(s, high[(strip << stripBits - lowBits) + (runs == null ? chunk : runs[chunk])]);
            sums[part] = sums[part] == null ? term : add(sums[part], term);
        });
        QM31[] total = sums[0];
        for (int i = 1; i < sums.length; i++) {
            total = add(total, sums[i]);
        }
        return total;
    }

    private static QM31[] scaled(QM31[] a, QM31 s) {
        QM31[] result = new QM31[a.length];
        Arrays.setAll(result, i -> a[i].mul(s));
        return result;
    }

    private static QM31[] add(QM31[] a, QM31[] b) {
        QM31[] result = new QM31[a.length];
        Arrays.setAll(result, i -> a[i].add(b[i]));
        return result;
    }
}
