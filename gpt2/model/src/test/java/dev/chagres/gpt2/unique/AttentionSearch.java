package dev.chagres.gpt2.unique;

import dev.chagres.gpt2.unique.Assignment.Place;
import dev.chagres.lookup.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// All witnesses of one row of one head: every offset whose distance on the diagonal is in the table, with distances,
/// weights, sums and outputs. Keys and values of all rows of the block are given, those of later rows too.
final class AttentionSearch {
    private static final String LAYER = "layer0";
    private static final String NAME = LAYER + ".attention";

    private final Parts parts;
    private final Assignment values;
    private final Relations relations;
    private final Looked looked;
    private final int row;
    private final int head;
    private final int keyHead;
    private final Cell here;
    private final int keys;
    private final int channels;
    /// Limbs of one of the two sums by what the equation is without them.
    private final Map<String, Map<Integer, List<Map<Place, Integer>>>> limbs = new HashMap<>();

    /// @param keyHead the head of keys and values that the head reads
    AttentionSearch(Parts parts, Assignment values, int row, int head, int keyHead, Map<String, Table> instead) {
        this.parts = parts;
        this.values = values;
        this.relations = parts.relations(NAME);
        this.looked = new Looked(parts.operation(NAME), values, instead);
        this.row = row;
        this.head = head;
        this.keyHead = keyHead;
        this.here = Cell.row(row).with("head", head).with("channel^", head);
        this.keys = parts.shape(NAME + ".weight").axis("row'").count();
        this.channels = parts.shape(NAME + ".out").axis("channel").count();
    }

    /// Rows of the block.
    int rows() {
        return keys;
    }

    /// Channels of a head, padded ones included.
    int channels() {
        return channels;
    }

    /// @param projection query, key or value
    void set(String projection, int row, int channel, int value) {
        values.set(parts.place(operation(parts, projection) + ".out", Cell.row(row)
                .with("channel^", projection.equals("query") ? head : keyHead).with("channel", channel)), value);
    }

    private Place at(String what, Cell cell) {
        return parts.place(NAME + "." + what, cell);
    }

    private Cell key(int j) {
        return here.with("row'", j);
    }

    Witnesses run() {
        List<Search.Step> steps = new ArrayList<>();
        steps.add(this::offsets);
        for (int c = 0; c < channels; c++) {
            Cell cell = here.with("channel", c);
            steps.add(() -> outputs(cell));
        }
        List<Cell> cells = new ArrayList<>();
        for (int j = 0; j < keys; j++) {
            cells.add(key(j).with("channel", j % channels));
        }
        return new Witnesses(Search.run(values, steps)).checked(values, relations, List.of(looked), cells);
    }

    private List<Map<Place, Integer>> offsets() {
        Place offset = at("offset", here);
        // Distance from offset.
        Polynomial.Line[] distance = new Polynomial.Line[keys];
        for (int j = 0; j < keys; j++) {
            Cell cell = key(j);
            distance[j] = Polynomial.of(values, List.of(offset, at("distance", cell)), 1,
                    () -> relations.failure(values, cell, NAME + "/scores", 0)).line(1, 0, 0, 0);
        }
        Polynomial.Line diagonal = distance[row].inverse();
        Sum slack = new Sum("weight", "slack", "attention/sum");
        Sum excess = new Sum("before", "excess", "attention/sum-before");
        Tuples exp = looked.tuples("exp");
        List<Map<Place, Integer>> found = new ArrayList<>();
        LinkedHashSet<Integer> offsets = new LinkedHashSet<>();
        exp.forEach(t -> offsets.add(diagonal.at(t[0])));
        for (int l : offsets) {
            List<List<int[]>> tuples = new ArrayList<>();
            for (int j = 0; j < keys && exp.begins(distance[j].at(l)); j++) {
                tuples.add(exp.of(distance[j].at(l)));
            }
            if (tuples.size() == keys) {
                found.addAll(offset(Map.of(offset, l), tuples, slack, excess));
            }
        }
        return found;
    }

    /// The witnesses of one offset. Only a table that is not that of a key has several tuples of a distance: of these
    /// the first ones are tried, and the last ones.
    private List<Map<Place, Integer>> offset(
            Map<Place, Integer> offset, List<List<int[]>> tuples, Sum slack, Sum excess) {
        List<Map<Place, Integer>> found = new ArrayList<>(
                choices(offset, tuples.stream().map(List::getFirst).toList(), slack, excess));
        if (tuples.stream().anyMatch(t -> t.size() > 1)) {
            found.addAll(choices(offset, tuples.stream().map(List::getLast).toList(), slack, excess));
        }
        return found;
    }

    private List<Map<Place, Integer>> choices(
            Map<Place, Integer> offset, List<int[]> tuples, Sum slack, Sum excess) {
        List<Map<Place, Integer>> found = new ArrayList<>();
        for (Map<Place, Integer> s : slack.limbs(tuples.stream().mapToInt(t -> t[1]).toArray())) {
            for (Map<Place, Integer> e : excess.limbs(tuples.stream().mapToInt(t -> t[2]).toArray())) {
                Map<Place, Integer> choice = new HashMap<>(offset);
                for (int j = 0; j < keys; j++) {
                    choice.put(at("distance", key(j)), tuples.get(j)[0]);
                    choice.put(at("weight", key(j)), tuples.get(j)[1]);
                    choice.put(at("before", key(j)), tuples.get(j)[2]);
                }
                choice.putAll(s);
                choice.putAll(e);
                found.add(choice);
            }
        }
        return found;
    }

    /// The equation of a sum over the keys and two limbs.
    private final class Sum {
        private final Polynomial equation;
        private final String limb;
        private final Place low;
        private final Place high;

        Sum(String terms, String limb, String check) {
            this.limb = limb;
            this.low = at(limb + "Low", here);
            this.high = at(limb + "High", here);
            List<Place> unknown = new ArrayList<>();
            for (int j = 0; j < keys; j++) {
                unknown.add(at(terms, key(j)));
            }
            unknown.add(low);
            unknown.add(high);
            this.equation = Polynomial.of(values, unknown, 1, () -> relations.failure(values, here, check, 0));
        }

        List<Map<Place, Integer>> limbs(int[] terms) {
            int[] at = Arrays.copyOf(terms, keys + 2);
            return limbs.computeIfAbsent(limb, _ -> new HashMap<>()).computeIfAbsent(equation.at(at), _ ->
                    looked.pairs(limb + "Low", low, limb + "High", high, equation.line(keys + 1, keys, at)));
        }
    }

    private List<Map<Place, Integer>> outputs(Cell cell) {
        Place out = at("out", cell);
        Place remainder = at("rem", cell);
        Polynomial.Line line = Polynomial.of(values, List.of(out, remainder), 1,
                () -> relations.failure(values, cell, NAME + "/output", 0)).line(0, 1, 0, 0);
        return looked.pairs("rem", remainder, "out", out, line);
    }

    /// The operation that ends in q, k or v.
    private static String operation(Parts parts, String projection) {
        String name = LAYER + "." + projection;
        return parts.has(name + ".out") ? name : name + "Rotation";
    }

    /// The results that a projection, or the rotation after it, can have, whatever it is of.
    static int[] results(Parts parts, String projection, Assignment values) {
        IntStream.Builder all = IntStream.builder();
        Looked looked = new Looked(parts.operation(operation(parts, projection)), values, Map.of());
        looked.tuples("f").forEach(t -> all.add(t[1]));
        return all.build().distinct().toArray();
    }
}
