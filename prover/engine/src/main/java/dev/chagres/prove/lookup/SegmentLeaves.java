package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Leaves of looked-up tuples: 1 / (c - sum_i beta^i a_i - beta^8 id).
public final class SegmentLeaves implements LeafSource {
    private static final int CHUNK = 1024;

    private final List<SegmentData> data = new ArrayList<>();
    private final LookupChallenges challenges;
    private final TilePlaces places;
    private final FieldKernels kernels;

    /// @param layout of the segments' shapes, in this order
    /// @param columns data of committed columns
    /// @param virtuals data of virtual tensors
    /// @throws IllegalArgumentException if data and shapes do not fit
    public SegmentLeaves(List<Lookup> segments, TreeLayout layout, LookupChallenges challenges,
            Function<Column, HostTensor> columns, Function<VirtualTensor, HostTensor> virtuals, FieldKernels kernels) {
        for (Lookup s : segments) {
            data.add(new SegmentData(s, columns, virtuals));
        }
        this.challenges = challenges;
        this.places = new TilePlaces(layout, segments.stream().map(Lookup::shape).toList());
        this.kernels = kernels;
    }

    /// The layout of the tree of these segments.
    public static TreeLayout layout(List<Lookup> segments) {
        return new TreeLayout(segments.stream().map(Lookup::shape).toList());
    }

    @Override
    public LeafFiller filler(MemoryScope arena) {
        long scratch = arena.allocateBase(CHUNK);
        return (leaf, count, p, q, shift) -> {
            if (p != 0) {
                kernels.fillExt(p, QM31.ONE, count);
            }
            places.forEach(leaf, count, CHUNK, (s, tile, from, n, at) ->
                    denominators(data.get(s), tile, from, n, q + at * Memory.EXT_BYTES, shift, scratch));
        };
    }

    private void denominators(SegmentData segment, int tile, int from, int n, long q, QM31 shift, long scratch) {
        QM31 constant = challenges.base(segment.segment().table()).add(shift);
        List<SegmentData.Value> values = segment.values();
        for (int i = 0; i < values.size(); i++) {
            constant = constant.sub(challenges.powers()[i].mul(QM31.embed(values.get(i).offset())));
        }
        // The first component has weight one: where its scale is one too, it changes one coordinate only.
        boolean plain = values.getFirst().parts().size() == 1 && values.getFirst().parts().getFirst().scale() == 1;
        if (plain) {
            values.getFirst().parts().getFirst().source().embed(scratch, tile, from, n, kernels);
            kernels.constantMinusBase(q, constant, scratch, n);
        } else {
            kernels.fillExt(q, constant, n);
        }
        for (int i = plain ? 1 : 0; i < values.size(); i++) {
            for (SegmentData.Part part : values.get(i).parts()) {
                part.source().embed(scratch, tile, from, n, kernels);
                kernels.addScaledBase(q, scratch, challenges.powers()[i].mul(QM31.embed(-part.scale())), n);
            }
        }
    }
}
