package dev.chagres.gpt2.forgery;

import dev.chagres.gpt2.forgery.Lie.Kind;
import dev.chagres.gpt2.forgery.Lie.Place;
import dev.chagres.graph.Operation;
import dev.chagres.graph.op.ArgmaxHead;
import dev.chagres.graph.op.Attention;
import dev.chagres.graph.op.Embedding;
import dev.chagres.graph.op.GatedHidden;
import dev.chagres.graph.op.Projection;
import dev.chagres.graph.op.ResidualWrite;
import dev.chagres.graph.op.RmsNorm;
import dev.chagres.graph.op.Rotation;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.Positions;
import dev.chagres.model.decoder.WriteSpec;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Lies about every committed column of a graph over one block of rows, made from the graph itself: an operation or
/// column that is added has rows of its own, and one without a consistent lie fails.
final class LieBook {
    private static final int FAR = 1 << 29;
    /// Elements of a tensor at which simple lies are told when there is time.
    private static final int MANY = 12;

    private final CheatingProver.Run honest;
    private final boolean all;
    private final SplittableRandom random = new SplittableRandom(11);
    private final List<Lie> lies = new ArrayList<>();
    /// Column that a norm reads.
    private final Map<String, String> streams = new LinkedHashMap<>();

    private LieBook(CheatingProver.Run honest, boolean all) {
        this.honest = honest;
        this.all = all;
        String stream = "";
        for (Operation o : honest.graph.operations()) {
            switch (o) {
                case Embedding _, ResidualWrite _ -> stream = o.name() + ".x";
                case RmsNorm _ -> streams.put(o.name(), stream);
                default -> { }
            }
        }
    }

    /// Lies about every column.
    ///
    /// @param all whether simple ones are told at many elements and consistent ones in every row that allows them
    static List<Lie> of(CheatingProver.Run honest, boolean all) {
        LieBook book = new LieBook(honest, all);
        for (Operation o : honest.graph.operations()) {
            o.columns().forEach(c -> book.simple(o.name(), c.name(), c.shape(), r -> r.data(c.name())));
            o.segments().stream().flatMap(s -> s.components().stream()).forEach(c -> {
                if (c instanceof TupleComponent.Proved p) {
                    book.simple(o.name(), p.virtual().name(), p.virtual().shape(), r -> r.virtual(p.virtual().name()));
                }
            });
            book.continued(o);
        }
        honest.graph.tables().forEach(book::counts);
        return book.lies;
    }

    private void add(String operation, String column, Kind kind, String what, Set<String> violated, List<Place> places,
            Lie.Change change) {
        lies.add(new Lie(operation, column, kind, what, violated, places, change));
    }

    // --- a value and nothing else -----------------------------------------------------------------------------

    private void simple(String operation, String tensor, Shape shape, Function<CheatingProver.Run, HostTensor> data) {
        String name = tensor.substring(operation.length() + 1);
        for (Place p : simplePlaces(shape.size())) {
            for (int step : new int[] {1, -1}) {
                add(operation, name, Kind.ALONE, step > 0 ? "+ 1" : "- 1", Set.of(), List.of(p),
                        (r, at) -> plus(data.apply(r), at.index(), step));
            }
            add(operation, name, Kind.FAR, "+ 2^29", Set.of(), List.of(p),
                    (r, at) -> plus(data.apply(r), at.index(), FAR));
        }
    }

    /// The element in the middle, or many.
    private List<Place> simplePlaces(long size) {
        return all ? random.longs(MANY, 0, size).mapToObj(x -> new Place(0, (int) x)).toList()
                : List.of(new Place(0, Math.toIntExact(size / 2)));
    }

    private static boolean plus(HostTensor t, int at, int step) {
        t.set(at, t.get(at) + step);
        return true;
    }

    // --- counts -----------------------------------------------------------------------------------------------

    private void counts(Table t) {
        String column = t.multiplicity().name();
        HostTensor counts = honest.data(column);
        int used = 0;
        while (counts.get(used) == 0) {
            used++;
        }
        int unused = Math.toIntExact(counts.size()) - 1;
        while (unused > 0 && counts.get(unused) != 0) {
            unused--;
        }
        List<Place> at = List.of(new Place(0, used));
        add("tables", column, Kind.COUNT, "+ 1", Set.of("lookup/balance"), at,
                (r, p) -> plus(r.data(column), p.index(), 1));
        add("tables", column, Kind.COUNT, "- 1", Set.of("lookup/balance"), at,
                (r, p) -> plus(r.data(column), p.index(), -1));
        add("tables", column, Kind.COUNT, "forgotten", Set.of("lookup/balance"), at, (r, p) -> {
            r.data(column).set(p.index(), 0);
            return true;
        });
        if (counts.get(unused) == 0) {
            add("tables", column, Kind.COUNT, "-1 at an entry that nobody looks up", Set.of("lookup/balance"),
                    List.of(new Place(0, unused)), (r, p) -> plus(r.data(column), p.index(), -1));
        }
        int other = other(t, counts, used);
        if (other >= 0) {
            add("tables", column, Kind.COUNT, "one moved to another entry", Set.of("lookup/balance"), at, (r, p) -> {
                plus(r.data(column), p.index(), -1);
                return plus(r.data(column), other, 1);
            });
        }
    }

    /// An entry that differs from entry `used`.
    private static int other(Table t, HostTensor counts, int used) {
        for (int i = 0; i < counts.size(); i++) {
            if (t.columns().getFirst().at(i) != t.columns().getFirst().at(used)) {
                return i;
            }
        }
        return -1;
    }

    // --- consistent lies --------------------------------------------------------------------------------------

    private void continued(Operation o) {
        switch (o) {
            case RmsNorm _ -> norm(o.name());
            case Attention _ -> attention(o.name());
            case Projection p when p.columns().size() == 1 -> positioned(o.name());
            case Projection _ -> projection(o.name());
            case Rotation _ -> {
                projection(o.name());
                rotation(o.name());
            }
            case GatedHidden _ -> gated(o.name());
            case ResidualWrite _ -> write(o.name());
            case Embedding _ -> embedding(o.name());
            case ArgmaxHead _ -> head(o.name());
            default -> throw new IllegalStateException("no consistent lies about " + o.name());
        }
    }

    private void consistent(String operation, String column, String what, String violated, List<Place> places,
            Lie.Change change) {
        if (all) {
            // In every row; where a row does not allow it, the lie is told in none.
            Map<Integer, List<Place>> rows = new TreeMap<>();
            places.forEach(p -> rows.computeIfAbsent(p.row(), _ -> new ArrayList<>()).add(p));
            rows.values().forEach(r -> add(operation, column, Kind.CONTINUED, what, Set.of(violated), r, change));
        } else {
            add(operation, column, Kind.CONTINUED, what, Set.of(violated), places, change);
        }
    }

    /// Rows of the prompt and generated ones before padded ones.
    private int[] rows() {
        return all ? IntStream.range(0, honest.rows()).toArray() : new int[] {6, 2, 9, honest.rows() - 2};
    }

    /// Rows with every channel.
    private List<Place> places(int channels) {
        List<Place> places = new ArrayList<>();
        for (int row : rows()) {
            for (int c = 0; c < channels; c++) {
                places.add(new Place(row, (c + row) % channels));
            }
        }
        return places;
    }

    private void norm(String name) {
        int groups = 0;
        int bits = 0;
        for (Column c : honest.operation(name).columns()) {
            groups += c.name().startsWith(name + ".quotientLow") ? 1 : 0;
            bits += c.name().startsWith(name + ".channelBit") ? 1 : 0;
        }
        for (NormRow.Lie l : NormRow.lies(groups, bits)) {
            consistent(name, l.column(), l.what(), name + "." + l.violated(),
                    places(new Cells(honest, name + ".m").channels()), (r, p) -> {
                        NormRow row = new NormRow(r, name, streams.get(name), p.row());
                        boolean possible = l.change().apply(row, p.index());
                        if (possible) {
                            row.write();
                        }
                        return possible;
                    });
        }
    }

    private void attention(String name) {
        String layer = name.substring(0, name.lastIndexOf('.'));
        List<Place> places = new ArrayList<>();
        for (int row : rows()) {
            for (int i = 0; i < honest.spec().shape().heads() * honest.rows(); i++) {
                places.add(new Place(row, i));
            }
        }
        boolean shared = honest.spec().shape().keyHeads() < honest.spec().shape().heads();
        for (AttentionRow.Lie l : AttentionRow.lies(shared)) {
            consistent(name, l.column(), l.what(), violated(name, l.violated()), places, (r, p) -> {
                AttentionRow row = new AttentionRow(r, layer, p.index() / r.rows(), p.row());
                boolean possible = l.change().apply(row, p.index() % r.rows());
                if (possible) {
                    row.write();
                }
                return possible;
            });
        }
    }

    /// The name of a lookup, or of a sumcheck.
    private static String violated(String operation, String what) {
        return what.startsWith("/") ? operation + what : operation + "." + what;
    }

    private int shift(String name) {
        LayerSpec layer = honest.spec().layers().get(Integer.parseInt(name.substring(5, name.indexOf('.'))));
        return switch (name.substring(name.indexOf('.') + 1)) {
            case "query" -> layer.query().shift();
            case "key" -> layer.key().shift();
            case "value" -> layer.value().shift();
            case "queryRotation", "keyRotation" -> ((Positions.Rotary) honest.spec().positions()).shift();
            default -> layer.mlp().shift();
        };
    }

    /// A projection whose result is rotated.
    private void positioned(String name) {
        int shift = shift(name);
        List<Place> places = places(new Cells(honest, name + ".y").channels());
        for (int step : new int[] {1, -1}) {
            consistent(name, "y", step > 0 ? "y + 1, remainder - 2^s, everything from it"
                    : "y - 1, remainder + 2^s, everything from it", name + ".rem", places, (r, p) -> {
                        Cells y = new Cells(r, name + ".y");
                        Cells rem = new Cells(r, name + ".rem");
                        y.set(p.row(), p.index(), y.get(p.row(), p.index()) + (long) step);
                        rem.set(p.row(), p.index(), rem.get(p.row(), p.index()) - ((long) step << shift));
                        r.again(name);
                        return true;
                    });
        }
        // At position 0, where only the cosine is not 0, the rotation of it is in its table.
        List<Place> first = places.stream().map(p -> new Place(0, p.index())).toList();
        consistent(name, "y", "y + 2^(31 - s), remainder - 1: equal modulo p, everything from it", name + ".y", first,
                (r, p) -> {
                    RotatedPair pair = new RotatedPair(r, name + "Rotation", p.row(), p.index());
                    boolean possible = pair.wrapped(shift);
                    pair.write();
                    return possible;
                });
    }

    /// A change of one pair's angle.
    private interface Angle {
        void change(RotatedPair pair, int row);
    }

    private void rotation(String name) {
        angle(name, "the angle of the position of another row, everything from it", (p, row) -> p.angle(row + 1));
        angle(name, "not rotated, everything from it", (p, _) -> p.angle(0));
        angle(name, "rotated the other way round, everything from it", (p, _) -> p.sin = -p.sin);
        angle(name, "the channels of the pair exchanged, everything from it", (p, _) -> {
            long first = p.y[0];
            p.y[0] = p.y[1];
            p.y[1] = first;
        });
    }

    private void angle(String name, String what, Angle change) {
        List<Place> places = places(new Cells(honest, name + ".u").channels());
        consistent(name, "u", what, name + "/rotate", places, (r, p) -> {
            RotatedPair pair = new RotatedPair(r, name, p.row(), p.index());
            long[] y = pair.y.clone();
            change.change(pair, p.row());
            boolean possible = pair.turn();
            System.arraycopy(y, 0, pair.y, 0, y.length);
            pair.write();
            return possible;
        });
    }

    private void gated(String name) {
        List<Place> places = places(new Cells(honest, name + ".ug").channels());
        boolean pairs = honest.operation(name).segments().getFirst().components().size() == 2;
        for (GatedCell.Lie l : GatedCell.lies(pairs)) {
            consistent(name, l.column(), l.what(), violated(name, l.violated()), places, (r, p) -> {
                GatedCell cell = new GatedCell(r, name, p.row(), p.index());
                boolean possible = l.change().apply(cell);
                cell.write();
                return possible;
            });
        }
    }

    private void projection(String name) {
        int shift = shift(name);
        Table function = honest.operation(name).segments().getLast().table();
        List<Place> places = places(new Cells(honest, name + ".u").channels());
        consistent(name, "u", "u + 1, remainder - 2^s, the value of u + 1, everything from it", name + ".rem",
                places, (r, p) -> {
                    Cells u = new Cells(r, name + ".u");
                    Cells rem = new Cells(r, name + ".rem");
                    u.set(p.row(), p.index(), u.get(p.row(), p.index()) + 1L);
                    rem.set(p.row(), p.index(), rem.get(p.row(), p.index()) - (1L << shift));
                    long slot = u.get(p.row(), p.index()) - function.firstValue();
                    HostTensor f = r.key(function.name() + ".out");
                    if (slot >= f.size()) {
                        return false;
                    }
                    new Cells(r, name + ".out").set(p.row(), p.index(), f.get(slot));
                    r.again(name);
                    return true;
                });
        consistent(name, "u", "u + 2^(31 - s), remainder - 1: equal modulo p", name + ".f", places, (r, p) -> {
            Cells u = new Cells(r, name + ".u");
            Cells rem = new Cells(r, name + ".rem");
            u.set(p.row(), p.index(), u.get(p.row(), p.index()) + (1L << 31 - shift));
            rem.set(p.row(), p.index(), rem.get(p.row(), p.index()) - 1L);
            return rem.get(p.row(), p.index()) >= 0;
        });
        for (int step : new int[] {1, -1}) {
            consistent(name, "out", "f(u) " + (step > 0 ? "+ 1" : "- 1") + ", everything from it", name + ".f", places,
                    (r, p) -> {
                Cells out = new Cells(r, name + ".out");
                out.set(p.row(), p.index(), out.get(p.row(), p.index()) + (long) step);
                r.again(name);
                return true;
            });
        }
    }

    private void write(String name) {
        int layer = Integer.parseInt(name.substring(5, name.indexOf('.')));
        LayerSpec spec = honest.spec().layers().get(layer);
        WriteSpec write = name.endsWith("output") ? spec.output() : spec.down();
        int shift = write.shift();
        List<Place> places = places(new Cells(honest, name + ".x").channels());
        if (write.isWide()) {
            consistent(name, "x", "x + 2^(31 - s), remainder - 1: equal modulo p, everything from it",
                    name + ".quotient", places, (r, p) -> wrapped(r, name, shift, p));
        }
        for (int step : new int[] {1, -1}) {
            consistent(name, "x", step > 0 ? "x + 1, remainder - 2^s, everything from it"
                    : "x - 1, remainder + 2^s, everything from it",
                    name + ".rem", places, (r, p) -> {
                        Cells x = new Cells(r, name + ".x");
                        Cells rem = new Cells(r, name + ".rem");
                        x.set(p.row(), p.index(), x.get(p.row(), p.index()) + (long) step);
                        rem.set(p.row(), p.index(), rem.get(p.row(), p.index()) - ((long) step << shift));
                        r.again(name);
                        return true;
                    });
        }
    }

    /// x + p / 2^s: inside the domain of the stream.
    static boolean wrapped(CheatingProver.Run r, String name, int shift, Place p) {
        Cells x = new Cells(r, name + ".x");
        Cells rem = new Cells(r, name + ".rem");
        x.set(p.row(), p.index(), x.get(p.row(), p.index()) + (1L << 31 - shift));
        rem.set(p.row(), p.index(), rem.get(p.row(), p.index()) - 1L);
        r.again(name);
        return rem.get(p.row(), p.index()) >= 0;
    }

    private void embedding(String name) {
        if (honest.spec().embeddingShift() > 0) {
            for (int step : new int[] {1, -1}) {
                consistent(name, "x", step > 0 ? "a row of E with a factor of 2^(h + 1), everything from it"
                        : "a row of E with a factor of 2^(h - 1), everything from it", name + "/tokens", places(1),
                        (r, p) -> scaled(r, name, p.row(), step));
            }
        }
        consistent(name, "x", "x + 1, everything from it", name + "/tokens",
                places(new Cells(honest, name + ".x").channels()), (r, p) -> {
                    Cells x = new Cells(r, name + ".x");
                    x.set(p.row(), p.index(), x.get(p.row(), p.index()) + 1L);
                    r.again(name);
                    return true;
                });
    }

    static boolean scaled(CheatingProver.Run r, String name, int row, int bits) {
        Cells x = new Cells(r, name + ".x");
        for (int c = 0; c < x.channels(); c++) {
            x.set(row, c, bits > 0 ? (long) x.get(row, c) << bits : x.get(row, c) >> -bits);
        }
        r.again(name);
        return true;
    }

    private void head(String name) {
        List<Place> places = new ArrayList<>();
        for (int g = 1; g < honest.about.generated().length; g++) {
            for (int v = 0; v < honest.spec().shape().vocab(); v++) {
                places.add(new Place(g, v));
            }
        }
        consistent(name, "low", "low + 2^15, high - 1", name + ".low", places,
                (r, p) -> limbs(r, p, 1 << HeadRows.LIMB, -1));
        consistent(name, "high", "high + 2^16, low - 1: equal modulo p, a difference past 2^30", name + ".high", places,
                (r, p) -> limbs(r, p, -1, 1 << 31 - HeadRows.LIMB));
        consistent(name, "chosen", "the reference logit of a row + 1, with all differences", "open/batch",
                places, (r, p) -> {
            HostTensor chosen = r.data(name + ".chosen");
            chosen.set(p.row(), chosen.get(p.row()) + 1);
            Cells low = new Cells(r, name + ".low");
            Cells high = new Cells(r, name + ".high");
            HeadRows rows = new HeadRows(r);
            for (int v = 0; v < low.channels(); v++) {
                rows.difference(p.row(), v, ((long) high.get(p.row(), v) << HeadRows.LIMB) + low.get(p.row(), v) + 1);
            }
            return true;
        });
    }

    private static boolean limbs(CheatingProver.Run r, Place p, long low, long high) {
        Cells lows = new Cells(r, "head.low");
        Cells highs = new Cells(r, "head.high");
        lows.set(p.row(), p.index(), lows.get(p.row(), p.index()) + low);
        highs.set(p.row(), p.index(), highs.get(p.row(), p.index()) + high);
        // The limb that is not meant stays in its range.
        return high > 0 ? lows.get(p.row(), p.index()) >= 0 : highs.get(p.row(), p.index()) >= 0;
    }
}
