package dev.chagres.model.decoder;

import dev.chagres.field.M31;
import dev.chagres.graph.op.LookupTables;
import dev.chagres.lookup.Table;
import dev.chagres.semantics.Interval;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The tables of clamps and of quotients of wide writes: one for all uses with the same numbers, over the smallest
/// interval that holds those of all of them. Sharing across shifts would be unsound: the entries times 2^shift must not
/// exceed p.
final class DecoderTables {
    private final LookupTables tables;
    /// What every clamp table has to hold.
    private final Map<Clamp, Interval> clamped = new HashMap<>();
    /// What the table of quotients of every shift has to hold.
    private final Map<Integer, Interval> quotients = new HashMap<>();
    private final Map<Clamp, Table> clamps = new HashMap<>();
    private final Map<Integer, Table> writes = new HashMap<>();

    private record Clamp(int bound, int shift) {}

    DecoderTables(DecoderSpec spec, LookupTables tables) {
        this.tables = tables;
        if (spec.positions() instanceof Positions.Rotary r) {
            clamps(spec.qkBound(), r.shift(), Interval.symmetric(r.quotientBound(spec.rotatedBits())));
        }
        for (LayerSpec l : spec.layers()) {
            if (spec.positions() instanceof Positions.Learned) {
                clamps(spec.qkBound(), l.query().shift(), l.query().u());
                clamps(spec.qkBound(), l.key().shift(), l.key().u());
            }
            clamps(spec.vBound(), l.value().shift(), l.value().u());
            if (l.mlp() instanceof MlpSpec.Gated g) {
                clamps(spec.hiddenBound(), g.productShift(), g.quotient());
            }
            writes(l.output());
            writes(l.down());
        }
    }

    private void clamps(int bound, int shift, Interval u) {
        clamped.merge(new Clamp(bound, shift), u, Interval::union);
    }

    private void writes(WriteSpec w) {
        if (w.isWide()) {
            quotients.merge(w.shift(), w.quotient(), Interval::union);
        }
    }

    /// The clamp table of all values with this bound and shift.
    Table clamp(int bound, int shift) {
        return clamps.computeIfAbsent(new Clamp(bound, shift), k -> {
            Interval u = clamped.get(k);
            return tables.clamp("clamp" + bound + ".shift" + shift, u.lo(), u.count(), M31.P >> shift, bound);
        });
    }

    /// The table of what writes with this shift add, if it is looked up.
    Optional<Table> quotients(WriteSpec write) {
        return write.isWide() ? Optional.of(writes.computeIfAbsent(write.shift(), shift -> {
            Interval u = quotients.get(shift);
            return tables.quotients("write.shift" + shift, u.lo(), u.count(), M31.P >> shift);
        })) : Optional.empty();
    }
}
