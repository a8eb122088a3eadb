package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.HostResult;
import dev.chagres.prove.stage.LadderArrays;
import dev.chagres.prove.stage.OpeningArrays;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.stage.ProductRounds;
import dev.chagres.prove.store.Buffer;
import dev.chagres.tensor.Eq;
import java.util.List;

/// [OpeningArrays] in the memory of a host.
///
/// @param space of the rows of both matrices
/// @param head variables that the passes fold
public record LocalOpening(Host host, AddressSpace space, int head) implements OpeningArrays {
    @Override
    public PassResult add(PassResult sum, PassResult part) {
        if (sum == null) {
            return new HostResult(part.toHost());
        }
        Buffer all = sum.toHost();
        try (Buffer more = part.toHost()) {
            host.field().addExt(all.address(), all.address(), more.address(), all.bytes() / Memory.EXT_BYTES);
            return new HostResult(all);
        } catch (RuntimeException | Error e) {
            all.close();
            throw e;
        }
    }

    @Override
    public PassResult place(int range, PassResult all, PassResult part) {
        try (Buffer from = part.toHost()) {
            long size = 1L << space.variables() - head;
            Buffer folded = all == null ? Buffer.zeroed(host.memory(), 2 * Memory.extBytes(size)) : all.toHost();
            long elements = (long) RowRanges.ROWS << space.k() - head;
            long first = range * elements;
            long bytes = Memory.extBytes(Math.min(elements, size - first));
            for (int i = 0; i < 2; i++) {
                Memory.copy(from.address() + i * elements * Memory.EXT_BYTES,
                        folded.address() + i * Memory.extBytes(size) + first * Memory.EXT_BYTES, bytes);
            }
            return new HostResult(folded);
        }
    }

    @Override
    public ProductRounds head(List<QM31[]> groups, PassResult sums) {
        int size = 1 << head;
        // Group number lowest, so that halves of the tables are halves of the top variable; padded with zeros.
        long stride = Memory.padded(Math.max(1, groups.size()));
        MemoryScope arena = host.scope();
        try (Buffer from = sums.toHost()) {
            long eq = arena.allocateExt(size * stride);
            long h = arena.allocateExt(size * stride);
            for (int g = 0; g < groups.size(); g++) {
                QM31[] table = Eq.table(groups.get(g));
                for (int y = 0; y < size; y++) {
                    Memory.setExt(eq, y * stride + g, table[y]);
                    Memory.setExt(h, y * stride + g,
                            Memory.getExt(from.address() + (long) g * size * Memory.EXT_BYTES, y));
                }
            }
            return new LocalProductRounds(host, arena::close, eq, h, size * stride);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public ProductRounds tail(PassResult folded) {
        Buffer both = folded.toHost();
        long size = 1L << space.variables() - head;
        return new LocalProductRounds(host, both::close, both.address(), both.address() + Memory.extBytes(size), size);
    }

    @Override
    public LadderArrays ladder(PassResult u, QM31[] point) {
        return new LocalLadder(host, u.toHost(), point);
    }
}
