package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.OpeningTags;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.store.Buffer;
import dev.chagres.tensor.Eq;
import dev.chagres.transcript.ProverChannel;
import java.util.Arrays;
import java.util.List;

/// The rounds of the batching sumcheck of `sum_x F(x) W(x)`, on what [ClaimTiles] makes of the data: the head variables
/// on the sums H_g, the others on F and W folded over the head.
final class BatchingRounds {
    private final Host host;
    private final boolean checked;
    private final AddressSpace space;
    private final int head;
    private final int rowFoldBits;
    private final QM31[] r;
    private QM31 claim;
    private QM31 value;

    /// @param checked whether every identity is asserted
    BatchingRounds(Host host, boolean checked, BatchedClaims batch, CommitmentParameters parameters) {
        this.host = host;
        this.checked = checked;
        this.space = batch.space();
        this.head = parameters.headBits();
        this.rowFoldBits = parameters.foldGrindingBits(0);
        this.r = new QM31[space.variables()];
        this.claim = batch.value();
    }

    /// Binds the head variables, top of them first.
    ///
    /// @param groups the low points z_g
    /// @param sums H_g\[y\] for all groups, one after another
    /// @return their challenges, by variable
    QM31[] head(ProverChannel channel, List<QM31[]> groups, Buffer sums) {
        int size = 1 << head;
        // Group number lowest, so that halves of the tables are halves of the top variable; padded with zeros.
        long stride = Memory.padded(Math.max(1, groups.size()));
        try (MemoryScope arena = host.scope()) {
            long eq = arena.allocateExt(size * stride);
            long h = arena.allocateExt(size * stride);
            for (int g = 0; g < groups.size(); g++) {
                QM31[] table = Eq.table(groups.get(g));
                for (int y = 0; y < size; y++) {
                    Memory.setExt(eq, y * stride + g, table[y]);
                    Memory.setExt(h, y * stride + g,
                            Memory.getExt(sums.address() + (long) g * size * Memory.EXT_BYTES, y));
                }
            }
            ProductSumcheck rounds = new ProductSumcheck(host, checked, eq, h, size * stride, claim);
            for (int v = head - 1; v >= 0; v--) {
                r[v] = rounds.round(channel, OpeningTags.BATCH, 0);
            }
            claim = rounds.claim();
        }
        return Arrays.copyOf(r, head);
    }

    /// Binds the other variables, top first, and sends F(r).
    ///
    /// @param folded F, then W, folded over the head: two ext arrays of 2^(variables - head) elements, overwritten
    /// @return r, one coordinate per variable of F
    QM31[] tail(ProverChannel channel, Buffer folded) {
        long size = 1L << (r.length - head);
        long f = folded.address();
        long w = f + Memory.extBytes(size);
        ProductSumcheck rounds = new ProductSumcheck(host, checked, f, w, size, claim);
        for (int v = r.length - 1; v >= head; v--) {
            r[v] = rounds.round(channel, OpeningTags.BATCH, v >= space.k() ? rowFoldBits : 0);
        }
        value = Memory.getExt(f, 0);
        if (checked && !value.mul(Memory.getExt(w, 0)).equals(rounds.claim())) {
            throw new IllegalStateException("batching sumcheck: F(r) W(r) is not the last claim");
        }
        channel.send(OpeningTags.VALUE, value);
        return r.clone();
    }

    /// F(r), after [#tail].
    QM31 value() {
        return value;
    }
}
