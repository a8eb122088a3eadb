package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import dev.chagres.gpt2.unique.Assignment.Place;
import dev.chagres.graph.op.LookupTables;
import dev.chagres.lookup.Table;
import dev.chagres.model.Circuit;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.model.decoder.Positions;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Searches of one key with random inputs of its operations; a number chooses the inputs.
final class Trial {
    private static final int ROW = 3;
    private static final int STREAM_BITS = 26;

    private final RandomKey key;
    private final SplittableRandom random;
    private final Circuit circuit;
    private final Parts parts;
    private final Assignment values;

    Trial(RandomKey key, int number) {
        this.key = key;
        this.random = key.random("trial", number);
        this.circuit = key.circuit(0);
        this.parts = new Parts(circuit);
        this.values = key.assignment(circuit);
    }

    RandomKey key() {
        return key;
    }

    /// The table of a lookup.
    Table table(String operation, String lookup) {
        return parts.operation(operation).segments().stream()
                .filter(l -> l.name().equals(operation + "." + lookup)).findFirst().orElseThrow().table();
    }

    /// The shift of a projection or of a residual write.
    int shift(String what) {
        LayerSpec layer = key.spec().layers().getFirst();
        return switch (what) {
            case "query" -> layer.query().shift();
            case "value" -> layer.value().shift();
            case "up" -> layer.mlp().shift();
            case "output" -> layer.output().shift();
            case "down" -> layer.down().shift();
            case "rotation" -> ((Positions.Rotary) key.spec().positions()).shift();
            default -> throw new IllegalArgumentException(what);
        };
    }

    /// Gives a table that is none of the key residues of the key.
    void fill(Table table) {
        Column c = LookupTables.storedColumn(table, 1);
        values.define(c, e -> RandomKey.hostile(key.random(c.name(), e)));
    }

    /// A value of the stream: one in four is any residue, the others are in its domain or next to it.
    private int stream(int size) {
        long limit = 1L << size;
        return M31.embed(switch (random.nextInt(size + 4)) {
            case 0 -> -limit;
            case 1 -> limit - 1;
            case 2 -> random.nextInt(-2, 2);
            default -> random.nextLong(-limit, limit);
        });
    }

    private int size() {
        return random.nextInt(STREAM_BITS + 1);
    }

    Witnesses embedding() {
        return new EmbeddingSearch(parts, values, channel("embedding.x", "channel")).run();
    }

    /// With the equation of another row.
    Witnesses embeddingWithoutEquation() {
        Cell cell = channel("embedding.x", "channel");
        return new EmbeddingSearch(parts, values, cell, cell.with("row", ROW + 1)).run();
    }

    private Cell channel(String tensor, String axis) {
        Shape shape = parts.shape(tensor);
        int channels = shape.axis(axis).count() * shape.axis(axis + "^").count();
        return Cell.row(ROW).channel(shape, axis, random.nextInt(channels));
    }

    /// A norm of a row whose values have up to a random number of bits.
    NormSearch norm(Map<String, Table> instead) {
        return norm(instead, size());
    }

    NormSearch norm(Map<String, Table> instead, int size) {
        NormSearch search = new NormSearch(parts, "layer0.norm1", values, Cell.row(ROW), instead);
        boolean outside = random.nextInt(8) == 0;
        for (int c = 0; c < search.channels(); c++) {
            search.stream(c, outside && random.nextInt(8) == 0 ? RandomKey.hostile(random) : stream(size));
        }
        return search;
    }

    /// @param what query, key, value or up
    RoundingSearch projection(String what, Map<String, Table> instead) {
        boolean up = what.equals("up");
        fill(up ? "layer0.norm2.n" : "layer0.norm1.n");
        String name = "layer0." + what;
        int term = up || what.equals("query") ? 0 : what.equals("key") ? 1 : 2;
        return new RoundingSearch(parts, name, up ? name + "/acc" : "layer0.projections/acc", term, values,
                channel(parts.has(name + ".y") ? name + ".y" : name + ".u", up ? "hidden" : "channel"), instead);
    }

    /// @param what query or key
    RoundingSearch rotation(String what, Map<String, Table> instead) {
        fill("layer0." + what + ".y");
        String name = "layer0." + what + "Rotation";
        return new RoundingSearch(parts, name, name + "/rotate", 0, values, channel(name + ".u", "channel"), instead);
    }

    /// A rotation whose quotient is a given one: by cos = 1 and sin = 0 of what is rotated.
    RoundingSearch rotationNear(String what, long quotient, Map<String, Table> instead) {
        values.define(parts.column("rotation.cos"), _ -> 1);
        values.define(parts.column("rotation.sin"), _ -> 0);
        values.define(parts.column("layer0." + what + ".y"), _ -> M31.embed(quotient << shift("rotation")));
        String name = "layer0." + what + "Rotation";
        return new RoundingSearch(parts, name, name + "/rotate", 0, values, channel(name + ".u", "channel"), instead);
    }

    GatedSearch gated(Map<String, Table> instead) {
        fill("layer0.norm2.n");
        return new GatedSearch(parts, shift("up"), values, channel("layer0.gated.ug", "hidden"), instead);
    }

    /// A projection whose quotient is a given one.
    RoundingSearch projectionNear(String what, long quotient, Map<String, Table> instead) {
        values.define(parts.column("layer0." + what + ".bias"), _ -> M31.embed(quotient << shift(what)));
        values.define(parts.column("layer0." + what + ".weight"), _ -> 0);
        return projection(what, instead);
    }

    /// Sets the row of a tensor to any residues, or to zeros.
    private void fill(String tensor) {
        boolean zero = random.nextInt(3) == 0;
        Shape shape = parts.shape(tensor);
        String axis = shape.lowAxes().get(1).name();
        for (int c = 0; c < shape.axis(axis).count() * shape.axis(axis + "^").count(); c++) {
            set(tensor, Cell.row(ROW).channel(shape, axis, c), zero ? 0 : RandomKey.hostile(random));
        }
    }

    private void set(String tensor, Cell cell, int value) {
        Place place = parts.place(tensor, cell);
        values.set(place, value);
    }

    /// @param what output or down
    /// @param norm tables of the norm that reads the stream, in place of those of the key
    ResidualSearch residual(String what, Map<String, Table> instead, Map<String, Table> norm) {
        boolean down = what.equals("down");
        String hidden = parts.has("layer0.up.out") ? "layer0.up.out" : "layer0.gated.out";
        fill(down ? hidden : "layer0.attention.out");
        Cell cell = channel("layer0." + what + ".x", "channel");
        set(down ? "layer0.output.x" : "embedding.x", cell, stream(size()));
        NormSearch reader = new NormSearch(
                parts, down ? "head.norm" : "layer0.norm2", key.assignment(circuit), Cell.row(0), norm);
        return new ResidualSearch(parts, "layer0." + what, values, cell, reader::inDomain, instead);
    }

    /// A write whose quotient is a given one.
    ResidualSearch residualNear(String what, long quotient, Map<String, Table> instead) {
        values.define(parts.column("layer0." + what + ".bias"), _ -> M31.embed(quotient << shift(what)));
        values.define(parts.column("layer0." + what + ".weight"), _ -> 0);
        return residual(what, instead, Map.of());
    }

    /// A row of a head with results of the clamps; later rows are new at every call.
    AttentionSearch attention(int row, Map<String, Table> instead) {
        ModelShape shape = key.spec().shape();
        int head = shape.heads() - 1;
        AttentionSearch search = new AttentionSearch(parts, values, row, head, shape.keyHead(head), instead);
        SplittableRandom given = key.random("rows", row);
        for (String what : new String[] {"query", "key", "value"}) {
            int[] results = AttentionSearch.results(parts, what, values);
            boolean extreme = given.nextBoolean();
            for (int j = 0; j < search.rows(); j++) {
                SplittableRandom here = j <= row ? given : random;
                for (int c = 0; c < search.channels(); c++) {
                    search.set(what, j, c, extreme
                            ? results[here.nextBoolean() ? 0 : results.length - 1]
                            : results[here.nextInt(results.length)]);
                }
            }
        }
        return search;
    }

    /// Offset and outputs of one row of attention, by place, for several later rows.
    static Set<Map<String, Integer>> outputs(RandomKey key, Map<String, Table> instead) {
        Set<Map<String, Integer>> distinct = new LinkedHashSet<>();
        for (int number = 0; number < 3; number++) {
            for (Map<Place, Integer> witness : new Trial(key, number).attention(5, instead).run().all()) {
                Map<String, Integer> read = new TreeMap<>();
                witness.forEach((place, value) -> {
                    String tensor = place.tensor().toString();
                    if (tensor.endsWith(".offset") || tensor.endsWith(".out")) {
                        read.put(place.toString(), value);
                    }
                });
                distinct.add(read);
            }
        }
        return distinct;
    }

    /// The search for an id, given logits as biases: arbitrary ones, or all of them at one residue or two.
    HeadSearch head(int id, Map<String, Table> instead) {
        Circuit other = key.circuit(id);
        Assignment logits = key.assignment(other);
        Parts there = new Parts(other);
        SplittableRandom same = key.random("logits", random.nextInt(8));
        int kind = same.nextInt(4);
        int middle = RandomKey.hostile(same);
        if (kind > 0) {
            int[] steps = same.ints(64, -1, 2).toArray();
            int scale = kind == 1 ? 1 : kind == 2 ? (1 << 30) - 1 : 15 << 25;
            int words = key.spec().shape().vocab();
            int most = kind == 1 ? 1 : 0;
            logits.define(there.column("head.bias"), v ->
                    M31.embed(middle + (long) scale * (v < words ? Math.min(steps[(int) v], most) : -1)));
        } else {
            for (int c = 0; c < key.spec().shape().width(); c++) {
                Cell cell = Cell.row(0).channel(there.shape("head.norm.n"), "channel", c);
                logits.set(there.place("head.norm.n", cell), RandomKey.hostile(same));
            }
        }
        return new HeadSearch(there, logits, id, instead);
    }
}
