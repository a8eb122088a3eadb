package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import dev.chagres.gpt2.unique.Assignment.Place;
import dev.chagres.lookup.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// All witnesses of one channel of a gated MLP, given its input row: remainders and quotients of gate and up, the
/// activation, and remainder, quotient and result of their product.
final class GatedSearch {
    private static final String NAME = "layer0.gated";

    private final Parts parts;
    private final Relations relations;
    private final Looked looked;
    private final Assignment values;
    private final Cell cell;
    private final int shift;
    private final Polynomial.Line gate;
    private final Polynomial.Line up;
    private boolean packed;

    /// @param shift of gate and up
    /// @param values has the key and the input
    GatedSearch(Parts parts, int shift, Assignment values, Cell cell, Map<String, Table> instead) {
        this.parts = parts;
        this.relations = parts.relations(NAME);
        this.looked = new Looked(parts.operation(NAME), values, instead);
        this.values = values;
        this.cell = cell;
        this.shift = shift;
        this.gate = line("ug", "gateRem", "acc", 0);
        this.up = line("ub", "upRem", "acc", 1);
    }

    private Place at(String what) {
        return parts.place(NAME + "." + what, cell);
    }

    /// A quotient from its remainder.
    private Polynomial.Line line(String quotient, String remainder, String sumcheck, int term) {
        return Polynomial.of(values, List.of(at(quotient), at(remainder)), 1,
                () -> relations.failure(values, cell, NAME + "/" + sumcheck, term)).line(0, 1, 0, 0);
    }

    /// With remainders of which only remG + 2^s remU is looked up, in [0, 2^(2s)).
    GatedSearch packed() {
        packed = true;
        return this;
    }

    Witnesses run() {
        return new Witnesses(Search.run(values, List.of(this::factors, this::products)))
                .checked(values, relations, packed ? List.of() : List.of(looked), List.of(cell));
    }

    private List<Map<Place, Integer>> factors() {
        Factors found = new Factors();
        if (!parts.operation(NAME).segments().getFirst().name().endsWith(".rems")) {
            for (int g : looked.allowed("gateRem").all()) {
                for (int u : found.gates(g).isEmpty() ? new int[0] : looked.allowed("upRem").all()) {
                    found.add(g, u);
                }
            }
            return found.all;
        }
        looked.tuples("rems").forEach(t -> {
            found.add(t[0], t[1]);
            if (packed) {
                found.add(M31.embed(t[0] - (1L << 2 * shift)), M31.embed(t[1] + (1L << shift)));
                found.add(M31.embed(t[0] + (1L << 2 * shift)), M31.embed(t[1] - (1L << shift)));
            }
        });
        return found.all;
    }

    /// Pairs of remainders whose quotients are in their tables.
    private final class Factors {
        private final List<Map<Place, Integer>> all = new ArrayList<>();
        private final Map<Integer, List<int[]>> gates = new HashMap<>();
        private final Tuples activation = looked.tuples("f");
        private final Residues range = looked.allowed("ub");

        List<int[]> gates(int remainder) {
            return gates.computeIfAbsent(remainder, r -> activation.of(gate.at(r)));
        }

        void add(int gateRemainder, int upRemainder) {
            if (!range.has(up.at(upRemainder))) {
                return;
            }
            for (int[] pair : gates(gateRemainder)) {
                all.add(Map.of(at("gateRem"), gateRemainder, at("upRem"), upRemainder, at("ug"), pair[0],
                        at("a"), pair[1], at("ub"), up.at(upRemainder)));
            }
        }
    }

    private List<Map<Place, Integer>> products() {
        Polynomial.Line quotient = line("uh", "rem", "gate", 0);
        List<Map<Place, Integer>> found = new ArrayList<>();
        IntStream.of(looked.allowed("rem").all()).forEach(r -> looked.tuples("clamp").of(quotient.at(r)).forEach(
                pair -> found.add(Map.of(at("rem"), r, at("uh"), pair[0], at("out"), pair[1]))));
        return found;
    }
}
