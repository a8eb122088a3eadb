package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.chg_tree_program;
import dev.chagres.ffm.generated.cuda.chg_tree_segment;
import dev.chagres.ffm.generated.cuda.chg_tree_term;
import dev.chagres.field.QM31;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// The leaves of a tree of fractions as kernels of a device make them: segments whose leaves take consecutive places
/// from 0 on. A place has `runBits` low bits, then `stripBits`, then the number of a unit; a leaf's number has the
/// strip first, then the unit, then the run. All leaves of the units that begin below the last place are stored, those
/// without a place as 0/1.
public final class TreeProgram {
    private final DeviceBuffer room;
    private final List<TreeSegment> segments;
    private final int bits;
    private final int stripBits;
    private final int runBits;
    private final MemorySegment header;
    private final MemorySegment segmentStructures;
    private final MemorySegment termStructures;

    /// @param bits there are 2^bits leaves
    /// @param stripBits 0 where leaves are places, with as many bits of a run as there are
    /// @param room where the device keeps the program, [#bytes(List)]; every call writes to it
    /// @throws IllegalArgumentException if a buffer is of another device than `room`, or `room` is too small
    public TreeProgram(List<TreeSegment> segments, int bits, int stripBits, int runBits, DeviceBuffer room) {
        this.segments = List.copyOf(segments);
        this.bits = bits;
        this.stripBits = stripBits;
        this.runBits = runBits;
        this.room = room;
        if (room.bytes() < bytes(segments)) {
            throw new IllegalArgumentException("a program of " + bytes(segments) + " bytes does not fit a buffer of "
                    + room.bytes() + " bytes");
        }
        int terms = terms(segments);
        Arena arena = Arena.ofAuto();
        header = chg_tree_program.allocate(arena);
        segmentStructures = chg_tree_segment.allocateArray(segments.size(), arena);
        termStructures = chg_tree_term.allocateArray(Math.max(1, terms), arena);
        chg_tree_program.program(header, room.address());
        chg_tree_program.segments(header, segments.size());
        chg_tree_program.terms(header, terms);
        chg_tree_program.bits(header, bits);
        chg_tree_program.strip_bits(header, stripBits);
        chg_tree_program.run_bits(header, runBits);
        long place = 0;
        int term = 0;
        for (int s = 0; s < segments.size(); s++) {
            TreeSegment segment = segments.get(s);
            write(chg_tree_segment.asSlice(segmentStructures, s), segment, place, term);
            for (TreeTerm t : segment.terms()) {
                write(chg_tree_term.asSlice(termStructures, term++), t);
            }
            place += segment.leaves();
        }
    }

    private static int terms(List<TreeSegment> segments) {
        return segments.stream().mapToInt(s -> s.terms().size()).sum();
    }

    /// Bytes that the device needs for a program.
    public static long bytes(List<TreeSegment> segments) {
        return bytes(segments.size(), terms(segments));
    }

    /// The same for so many segments with so many terms together.
    public static long bytes(int segments, int terms) {
        return segments * chg_tree_segment.sizeof() + terms * chg_tree_term.sizeof();
    }

    private void write(MemorySegment to, TreeSegment segment, long place, int term) {
        write(chg_tree_segment.constant(to), segment.constant());
        chg_tree_segment.first(to, place);
        chg_tree_segment.tiles(to, segment.tiles());
        chg_tree_segment.low_bits(to, segment.lowBits());
        if (segment.numerators() != null) {
            chg_tree_segment.numerators(to, own(segment.numerators()));
            chg_tree_segment.bits(to, segment.numerators().bits());
        }
        if (segment.entries() != null) {
            chg_tree_segment.entries(to, own(segment.entries()));
        }
        chg_tree_segment.first_term(to, term);
        chg_tree_segment.terms(to, segment.terms().size());
    }

    private void write(MemorySegment to, TreeTerm term) {
        write(chg_tree_term.weight(to), term.weight());
        switch (term) {
            case TreeTerm.Values v -> {
                chg_tree_term.data(to, own(v.data()));
                chg_tree_term.size(to, v.size());
                chg_tree_term.starts(to, own(v.starts()));
                chg_tree_term.inside(to, v.inside() == null ? 0 : own(v.inside()));
                chg_tree_term.bits(to, v.data().bits());
            }
            case TreeTerm.Digits d -> {
                chg_tree_term.base(to, d.base());
                chg_tree_term.from(to, d.from());
                chg_tree_term.bits(to, d.bits());
            }
        }
    }

    private static void write(MemorySegment to, QM31 element) {
        for (int w = 0; w < 4; w++) {
            to.setAtIndex(ValueLayout.JAVA_INT, w, element.coordinate(w));
        }
    }

    private long own(DeviceBuffer buffer) {
        if (buffer.device() != room.device()) {
            throw new IllegalArgumentException("a buffer of the program belongs to another device than its room");
        }
        return buffer.address();
    }

    private long own(DeviceInts ints) {
        own(ints.buffer());
        return ints.address();
    }

    /// Stored leaves.
    public long stored() {
        return width() << stripBits;
    }

    private long width() {
        long leaves = segments.stream().mapToLong(TreeSegment::leaves).sum();
        int unitBits = stripBits + runBits;
        return leaves + (1L << unitBits) - 1 >>> unitBits << runBits;
    }

    /// Both halves of the leaves, the children of the layer above them.
    ///
    /// @throws IllegalStateException if there are no strips
    public TreeShape children() {
        if (stripBits == 0) {
            throw new IllegalStateException("a tree without strips");
        }
        return new TreeShape(width(), width(), bits - 1, stripBits - 1);
    }

    DeviceBuffer room() {
        return room;
    }

    MemorySegment header() {
        return header;
    }

    MemorySegment segments() {
        return segmentStructures;
    }

    MemorySegment terms() {
        return termStructures;
    }
}
