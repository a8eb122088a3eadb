package dev.chagres.prove.forgery;

import dev.chagres.field.M31;
import dev.chagres.graph.Graph;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Looks up every tuple of a witness modulo p, as the proof does, and goes on where one is in no table.
public final class Lookups {
    private final Graph graph;
    private final Witness witness;
    private final Map<Lookup, List<Long>> missing = new LinkedHashMap<>();

    private Lookups(Graph graph, Witness witness) {
        this.graph = graph;
        this.witness = witness;
    }

    /// Counts all tuples that are in their tables; multiplicities are zero before.
    ///
    /// @return the elements of every segment whose tuples are in no table; segments without such elements are absent
    public static Map<Lookup, List<Long>> count(Graph graph, Witness witness) {
        Lookups l = new Lookups(graph, witness);
        graph.tables().forEach(t -> HostTensor.of(witness.of(t.multiplicity())).data().fill((byte) 0));
        graph.sections().forEach(s -> s.segments().forEach(l::count));
        return l.missing;
    }

    private void count(Lookup segment) {
        Table table = segment.table();
        HostTensor counts = HostTensor.of(witness.of(table.multiplicity()));
        long[] tuple = new long[segment.components().size()];
        for (long x = 0; x < segment.shape().size(); x++) {
            for (int i = 0; i < tuple.length; i++) {
                tuple[i] = residue(value(segment, segment.components().get(i), x));
            }
            long slot = slot(table, tuple);
            if (slot < 0) {
                missing.computeIfAbsent(segment, _ -> new ArrayList<>()).add(x);
            } else {
                counts.set(slot, counts.get(slot) + 1);
            }
        }
    }

    /// Representative in (-p/2, p/2).
    private static long residue(long v) {
        long r = Math.floorMod(v, (long) M31.P);
        return r > M31.P / 2 ? r - M31.P : r;
    }

    private long value(Lookup segment, TupleComponent component, long x) {
        return switch (component) {
            case TupleComponent.Proved p -> witness.of(p.virtual()).get(x);
            case TupleComponent.Linear l -> {
                long sum = l.offset();
                for (TupleComponent.Term t : l.terms()) {
                    Shape to = t.column().shape();
                    sum += t.scale() * witness.of(t.column())
                            .get(to == segment.shape() ? x : project(segment.shape(), x, to));
                }
                yield sum;
            }
        };
    }

    /// The element of a tensor that is constant along the axes it lacks.
    public static long project(Shape from, long element, Shape to) {
        int tile = (int) (element >> from.lowBits());
        long inside = 0;
        int at = 0;
        for (Axis a : to.lowAxes()) {
            inside |= (element >> from.lowOffset(a.name()) & ((1L << a.bits()) - 1)) << at;
            at += a.bits();
        }
        Map<String, Integer> high = new LinkedHashMap<>();
        for (int k = 0; k < from.highAxes().size(); k++) {
            high.put(from.highAxes().get(k).name(), from.tile(tile)[k]);
        }
        long tiles = 0;
        long stride = 1;
        for (Axis a : to.highAxes()) {
            tiles += stride * high.get(a.name());
            stride *= a.count();
        }
        return (tiles << to.lowBits()) + inside;
    }

    /// Slot of a tuple of representatives, or -1.
    private long slot(Table table, long[] tuple) {
        long entry = table.entry(tuple);
        long slot = table.slot(entry);
        if (slot < 0) {
            return -1;
        }
        for (int i = 0; i < tuple.length; i++) {
            long at = switch (table.columns().get(i)) {
                case TablePolynomial.Stored k -> {
                    HostTensor data = HostTensor.of(witness.of(k.column()));
                    yield slot < data.size() ? data.get(slot) : 0;
                }
                case TablePolynomial closed -> closed.at(entry);
            };
            if (residue(at) != tuple[i]) {
                return -1;
            }
        }
        return slot;
    }
}
