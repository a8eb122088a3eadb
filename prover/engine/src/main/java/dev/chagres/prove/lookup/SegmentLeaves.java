package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.lookup.LinearUnits.Form;
import dev.chagres.prove.lookup.LinearUnits.Term;
import dev.chagres.prove.lookup.LinearUnits.Unit;
import dev.chagres.prove.stage.LeafProgram;
import java.util.ArrayList;
import java.util.List;

/// Leaves of looked-up tuples.
final class SegmentLeaves implements LeafSource {
    private static final int CHUNK = 1024;
    private static final QM31 MINUS_ONE = QM31.ONE.neg();

    private record Part(QM31 weight, ElementSource source) {}

    /// @param plain whether the first part has weight -1, so that it changes one coordinate only
    private record Segment(QM31 constant, List<Part> parts, boolean plain) {
        static Segment of(LeafProgram.Segment s) {
            List<Part> parts = s.terms().stream()
                    .map(t -> new Part(t.weight(), new ElementSource(t.values()))).toList();
            return new Segment(s.constant(), parts, !parts.isEmpty() && parts.getFirst().weight.equals(MINUS_ONE));
        }
    }

    private final TreeLayout layout;
    private final List<Segment> segments;
    private final TilePlaces places;
    private final FieldKernels kernels;

    SegmentLeaves(LeafProgram.Lookups program, FieldKernels kernels) {
        this.layout = program.layout();
        this.segments = program.segments().stream().map(Segment::of).toList();
        this.places = new TilePlaces(program.layout(),
                program.segments().stream().map(LeafProgram.Segment::shape).toList());
        this.kernels = kernels;
    }

    @Override
    public LeafFiller filler(MemoryScope arena) {
        long scratch = arena.allocateBase(CHUNK);
        return (place, count, p, q, shift) -> {
            if (p != 0) {
                kernels.fillExt(p, QM31.ONE, count);
            }
            places.forEach(place, count, CHUNK, (s, tile, from, n, at) ->
                    denominators(segments.get(s), tile, from, n, q + at * Memory.EXT_BYTES, shift, scratch));
        };
    }

    /// Units of tiles that have whole ones, where leaves have few terms.
    @Override
    public LinearUnits linear() {
        List<Form> forms = segments.stream().map(SegmentLeaves::form).toList();
        int size = 1 << layout.unitBits();
        List<Unit> units = new ArrayList<>();
        for (int u = 0; (u + 1L) * size <= layout.leaves() && layout.stripBits() > 0; u++) {
            int unit = u;
            places.forEach((long) u * size, size, size, (s, tile, from, n, at) -> {
                int terms = segments.get(s).parts.size();
                if (n == size && terms > 0 && terms <= LinearUnits.MOST_TERMS) {
                    units.add(new Unit(unit, forms.get(s), tile, from));
                }
            });
        }
        return new LinearUnits(units);
    }

    private static Form form(Segment segment) {
        return new Form(segment.constant,
                segment.parts.stream().map(part -> new Term(part.weight, part.source)).toList());
    }

    private void denominators(Segment segment, int tile, int from, int n, long q, QM31 shift, long scratch) {
        QM31 constant = segment.constant.add(shift);
        List<Part> parts = segment.parts;
        if (segment.plain) {
            parts.getFirst().source.embed(scratch, tile, from, n, kernels);
            kernels.constantMinusBase(q, constant, scratch, n);
        } else {
            kernels.fillExt(q, constant, n);
        }
        for (int i = segment.plain ? 1 : 0; i < parts.size(); i++) {
            parts.get(i).source.embed(scratch, tile, from, n, kernels);
            kernels.addScaledBase(q, scratch, parts.get(i).weight, n);
        }
    }
}
