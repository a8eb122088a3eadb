package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import dev.chagres.gpt2.unique.Assignment.Place;
import dev.chagres.lookup.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// All witnesses of one row of a norm, given the row of the stream: every exponent, mantissa, scale class, root and
/// output that tables and equations admit. The channel of the peak is free where several will do; the search takes the
/// first, so that two witnesses differ in something else.
final class NormSearch {
    private final Parts parts;
    private final String name;
    private final Assignment values;
    private final Relations relations;
    private final Looked looked;
    private final Cell row;
    private final int channels;
    private final int groups;
    private final int bits;
    private final Place e;
    private final Place power;
    private final Place positive;
    private final Place k;
    private final Place peak;
    /// In x, m, 2^e, pair.
    private final Polynomial mantissa;
    /// In m, low and high part of rho, n, remainder.
    private final Polynomial output;
    /// In mant, 4^k, restPair.
    private final List<Place> scale;
    /// In root, half, 2^k, both parts of rho, rootPair.
    private final Polynomial root;
    private boolean anyBits;

    /// @param name of the norm
    /// @param values has the key; the stream is set later
    /// @param instead tables in place of those of the key
    NormSearch(Parts parts, String name, Assignment values, Cell row, Map<String, Table> instead) {
        this.parts = parts;
        this.name = name;
        this.values = values;
        this.row = row;
        this.relations = parts.relations(name);
        this.looked = new Looked(parts.operation(name), values, instead);
        this.channels = (int) (parts.shape(name + ".m").size() >> parts.shape(name + ".e").lowBits());
        this.groups = count("quotientLow");
        this.bits = count("channelBit");
        this.e = at("e", row);
        this.power = at("power", row);
        this.positive = at("positive", row);
        this.k = at("k", row);
        this.peak = at("peak", row);
        Cell c = channel(0);
        Place x = stream(c);
        this.mantissa = Polynomial.of(values, List.of(x, at("m", c), power, at("exponentPair", c)), 2,
                () -> relations.failure(values, c, name + "/products", 0));
        this.output = Polynomial.of(values,
                List.of(at("m", c), at("rhoLow", row), at("rhoHigh", row), at("n", c), at("rem", c)), 2,
                () -> relations.failure(values, c, name + "/products", 1));
        this.scale = List.of(at("mant", row), at("four", row), at("restPair", row));
        this.root = Polynomial.of(values, List.of(at("root", row), at("half", row), at("two", row),
                at("rhoLow", row), at("rhoHigh", row), at("rootPair", row)), 2,
                () -> relations.failure(values, row, name + ".root", 0));
        bitsAreBits();
    }

    private int count(String what) {
        int n = 0;
        while (parts.has(name + "." + what + n)) {
            n++;
        }
        return n;
    }

    private Place at(String what, Cell cell) {
        return parts.place(name + "." + what, cell);
    }

    private Cell channel(int c) {
        return row.channel(parts.shape(name + ".m"), "channel", c);
    }

    /// The place of the stream that the norm reads.
    private Place stream(Cell cell) {
        String x = name.endsWith("norm1") ? "embedding.x" : name.endsWith("norm2") ? "layer0.output.x"
                : "layer0.down.x";
        return parts.place(x, cell);
    }

    /// Channels of the stream, padded ones included.
    int channels() {
        return channels;
    }

    /// Channels that bits can name.
    int channelNumbers() {
        return 1 << bits;
    }

    void stream(int channel, int x) {
        values.set(stream(channel(channel)), x);
    }

    /// The equation of a bit has degree 2 and the zeros 0 and 1, and no others.
    private void bitsAreBits() {
        for (int b = 0; b < bits; b++) {
            Place bit = at("channelBit" + b, row);
            String equation = name + ".bit" + b;
            for (int value : new int[] {2, 1, 0}) {
                values.set(bit, value);
                if ((relations.failure(values, row, equation, 0) == 0) != (value < 2)) {
                    throw new IllegalStateException(equation + " at " + value);
                }
            }
        }
    }

    /// Drops the equations of the bits: the peak can then be any mix of the mantissas of two channels.
    NormSearch anyBits() {
        anyBits = true;
        return this;
    }

    Witnesses run() {
        List<Search.Step> steps = new ArrayList<>();
        steps.add(this::exponents);
        for (int c = 0; c < channels; c++) {
            int channel = c;
            steps.add(() -> mantissas(channel));
        }
        steps.add(this::peaks);
        for (int g = 0; g < groups; g++) {
            int group = g;
            steps.add(() -> squares(group));
        }
        steps.add(this::scales);
        steps.add(this::roots);
        for (int c = 0; c < channels; c++) {
            int channel = c;
            steps.add(() -> outputs(channel));
        }
        Witnesses found = new Witnesses(Search.run(values, steps));
        if (anyBits) {
            return found;
        }
        List<Cell> cells = new ArrayList<>();
        for (int c = 0; c < channels; c += Math.max(1, channels / 4)) {
            cells.add(channel(c));
        }
        return found.checked(values, relations, List.of(looked), cells);
    }

    private List<Map<Place, Integer>> exponents() {
        LinkedHashSet<Map<Place, Integer>> all = new LinkedHashSet<>();
        looked.tuples("e").forEach(t -> all.add(Map.of(e, t[0], power, t[1], at("eps", row), t[2], positive, t[3])));
        return List.copyOf(all);
    }

    /// m and pair of a channel for the exponent that is chosen.
    List<Map<Place, Integer>> mantissas(int channel) {
        Cell c = channel(channel);
        Place m = at("m", c);
        Place pair = at("exponentPair", c);
        Polynomial.Line line = mantissa.line(3, 1, values.get(stream(c)), 0, values.get(power), 0);
        int exponent = values.get(e);
        List<Map<Place, Integer>> found = new ArrayList<>();
        Tuples pairs = looked.tuples("exponentPair");
        for (int value : looked.allowed("m").all()) {
            if (pairs.begins(line.at(value)) && pairs.has(line.at(value), exponent)) {
                found.add(Map.of(m, value, pair, line.at(value)));
            }
        }
        return found;
    }

    /// Whether some exponent fits a value of the stream, as it must fit one of every row.
    boolean inDomain(int x) {
        stream(0, x);
        for (Map<Place, Integer> exponent : exponents()) {
            exponent.forEach(values::set);
            if (!mantissas(0).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private List<Map<Place, Integer>> peaks() {
        for (int channel = 0; channel < 1 << bits; channel++) {
            int read = channel < channels ? values.get(at("m", channel(channel))) : 0;
            values.set(peak, read);
            if (looked.holds("peak", row)) {
                return List.of(peak(channel));
            }
        }
        return anyBits ? mixedPeak() : List.of();
    }

    private Map<Place, Integer> peak(int channel) {
        Map<Place, Integer> choice = new HashMap<>();
        for (int b = 0; b < bits; b++) {
            choice.put(at("channelBit" + b, row), channel >> b & 1);
        }
        choice.put(peak, values.get(peak));
        return choice;
    }

    /// A bit that mixes the first two channels to the mantissa 2047.
    private List<Map<Place, Integer>> mixedPeak() {
        values.set(peak, 2047);
        peak(0).forEach(values::set);
        values.set(peak, 2047);
        Place bit = at("channelBit0", row);
        if (!looked.holds("peak", row) || values.get(at("m", channel(0))) == values.get(at("m", channel(1)))) {
            return List.of();
        }
        Polynomial read = Polynomial.of(values, List.of(bit), 1,
                () -> relations.failure(values, row, name + "/squares", groups));
        return List.of(Map.of(bit, read.solve(0, 0), peak, 2047));
    }

    /// By how much the equation of the peak fails for a channel and mantissas; 0 if the peak is the mantissa there.
    int peakFailure(int channel, SplittableRandom random) {
        for (int c = 0; c < channels; c++) {
            values.set(at("m", channel(c)), random.nextInt(M31.P));
        }
        for (int b = 0; b < bits; b++) {
            values.set(at("channelBit" + b, row), channel >> b & 1);
        }
        values.set(peak, channel < channels ? values.get(at("m", channel(channel))) : 0);
        return relations.failure(values, row, name + "/squares", groups);
    }

    private List<Map<Place, Integer>> squares(int group) {
        Place low = at("quotientLow" + group, row);
        Place high = at("quotientHigh" + group, row);
        Place rest = at("groupRest" + group, row);
        Polynomial sum = Polynomial.of(values, List.of(low, high, rest), 1,
                () -> relations.failure(values, row, name + "/squares", group));
        List<Map<Place, Integer>> found = new ArrayList<>();
        for (int r : looked.allowed("groupRest" + group).all()) {
            Polynomial.Line line = sum.line(1, 0, 0, 0, r);
            for (Map<Place, Integer> limbs
                    : looked.pairs("quotientLow" + group, low, "quotientHigh" + group, high, line)) {
                Map<Place, Integer> choice = new HashMap<>(limbs);
                choice.put(rest, r);
                found.add(choice);
            }
        }
        return found;
    }

    private List<Map<Place, Integer>> scales() {
        Polynomial sum = Polynomial.of(values, scale, 2, () -> relations.failure(values, row, name + ".scale", 0));
        LinkedHashSet<Map<Place, Integer>> all = new LinkedHashSet<>();
        looked.tuples("k").forEach(t -> {
            Polynomial.Line line = sum.line(0, 2, 0, t[1], 0);
            looked.tuples("restPair").forEach(pair -> {
                // The second component of the lookup is 2 k.
                if (pair[1] == M31.add(t[0], t[0])) {
                    for (int[] mant : looked.tuples("mant").of(line.at(pair[0]))) {
                        all.add(Map.of(k, t[0], scale.get(1), t[1], at("two", row), t[2], at("half", row), t[3],
                                scale.get(0), mant[0], at("root", row), mant[1], scale.get(2), pair[0]));
                    }
                }
            });
        });
        return List.copyOf(all);
    }

    private List<Map<Place, Integer>> roots() {
        Place pair = at("rootPair", row);
        LinkedHashSet<Map<Place, Integer>> all = new LinkedHashSet<>();
        looked.tuples("rootPair").forEach(t -> {
            if (t[1] == values.get(k)) {
                Polynomial.Line line = root.line(4, 3, values.get(at("root", row)), values.get(at("half", row)),
                        values.get(at("two", row)), 0, 0, t[0]);
                for (Map<Place, Integer> rho
                        : looked.pairs("rhoLow", at("rhoLow", row), "rhoHigh", at("rhoHigh", row), line)) {
                    Map<Place, Integer> choice = new HashMap<>(rho);
                    choice.put(pair, t[0]);
                    all.add(choice);
                }
            }
        });
        return List.copyOf(all);
    }

    private List<Map<Place, Integer>> outputs(int channel) {
        Cell c = channel(channel);
        Polynomial.Line line = output.line(3, 4, values.get(at("m", c)), values.get(at("rhoLow", row)),
                values.get(at("rhoHigh", row)), 0, 0);
        return looked.pairs("rem", at("rem", c), "n", at("n", c), line);
    }
}
