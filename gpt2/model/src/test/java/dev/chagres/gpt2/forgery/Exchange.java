package dev.chagres.gpt2.forgery;

import dev.chagres.gpt2.forgery.Lie.Kind;
import dev.chagres.gpt2.forgery.Lie.Place;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// Values that are in their table but at the wrong place: two positions of one lookup exchange everything that is
/// looked up there, and other lookups of the same values exchange theirs. All tuples and all multiplicities stay right,
/// so only a relation between values, and never a lookup, can notice.
final class Exchange {
    /// What is done where no two positions can be exchanged.
    static final String ANOTHER = "another entry of its table";
    private static final int TRIES = 4000;

    private final CheatingProver.Run honest;
    private final List<Lookup> segments;
    private final SplittableRandom random = new SplittableRandom(4);

    private Exchange(CheatingProver.Run honest) {
        this.honest = honest;
        this.segments = honest.graph.sections().stream().flatMap(s -> s.segments().stream()).toList();
    }

    /// One exchange for every lookup, and for every column that no lookup touches.
    static List<Lie> lies(CheatingProver.Run honest) {
        Exchange e = new Exchange(honest);
        List<Lie> lies = new ArrayList<>();
        honest.graph.operations().forEach(o -> {
            o.segments().forEach(s -> e.lie(o.name(), s).ifPresent(lies::add));
            o.columns().stream().filter(c -> e.segments.stream().noneMatch(s -> tensors(s).containsKey(c.name())))
                    .forEach(c -> lies.add(e.lie(o.name(), c.name(), c.shape())));
        });
        return lies;
    }

    /// Shapes of everything that a segment looks up, by name.
    private static Map<String, Shape> tensors(Lookup g) {
        Map<String, Shape> result = new LinkedHashMap<>();
        for (TupleComponent c : g.components()) {
            switch (c) {
                case TupleComponent.Proved p -> result.put(p.virtual().name(), p.virtual().shape());
                case TupleComponent.Linear l -> l.terms()
                        .forEach(t -> result.put(t.column().name(), t.column().shape()));
            }
        }
        return result;
    }

    /// Two elements of a tensor that are to change places.
    private record Swap(String tensor, long a, long b) {}

    /// Nothing where all positions look up the same tuple of several values: no other one is known to be in the table.
    private Optional<Lie> lie(String operation, Lookup g) {
        Map<String, Shape> tensors = tensors(g);
        String name = g.name().substring(operation.length() + 1);
        // Tensors that are constant along an axis keep their values.
        List<String> own = tensors.keySet().stream().filter(t -> tensors.get(t) == g.shape()).toList();
        List<String> broadcast = tensors.keySet().stream().filter(t -> tensors.get(t) != g.shape()).toList();
        Optional<Place> two = find(g.shape().size(), own, p -> broadcast.stream().allMatch(t ->
                tensor(honest, t).get(Lookups.project(g.shape(), p.row(), tensors.get(t)))
                        == tensor(honest, t).get(Lookups.project(g.shape(), p.index(), tensors.get(t)))));
        return two.map(p -> lie(operation, name, p, own))
                .or(() -> own.size() == 1 ? Optional.of(another(operation, own.getFirst())) : Optional.empty());
    }

    private Lie lie(String operation, String column, Shape shape) {
        return find(shape.size(), List.of(column), _ -> true)
                .map(p -> lie(operation, column.substring(operation.length() + 1), p, List.of(column)))
                .orElseGet(() -> another(operation, column));
    }

    private Lie lie(String operation, String column, Place two, List<String> tensors) {
        Set<Swap> swaps = new HashSet<>();
        tensors.forEach(t -> close(new Swap(t, two.row(), two.index()), swaps));
        return new Lie(operation, column, Kind.EXCHANGED, "two positions exchanged", Set.of(), List.of(two), (r, _) -> {
            Map<String, HostTensor> data = new HashMap<>();
            for (Swap s : swaps) {
                HostTensor t = data.computeIfAbsent(s.tensor, n -> tensor(r, n));
                int saved = t.get(s.a);
                t.set(s.a, t.get(s.b));
                t.set(s.b, saved);
            }
            return true;
        });
    }

    /// Adds a swap and those that other lookups of the same value need.
    private void close(Swap swap, Set<Swap> all) {
        if (!all.add(swap)) {
            return;
        }
        for (Lookup g : segments) {
            Map<String, Shape> tensors = tensors(g);
            Shape shape = tensors.get(swap.tensor);
            if (shape != null) {
                List<Long> from = lift(g.shape(), shape, swap.a);
                List<Long> to = lift(g.shape(), shape, swap.b);
                for (int i = 0; i < from.size(); i++) {
                    for (Map.Entry<String, Shape> t : tensors.entrySet()) {
                        close(new Swap(t.getKey(), project(g.shape(), from.get(i), t.getValue()),
                                project(g.shape(), to.get(i), t.getValue())), all);
                    }
                }
            }
        }
    }

    private static long project(Shape from, long element, Shape to) {
        return from == to ? element : Lookups.project(from, element, to);
    }

    /// Elements of a segment that look up an element of one of its tensors.
    private static List<Long> lift(Shape segment, Shape tensor, long element) {
        if (segment == tensor) {
            return List.of(element);
        }
        List<Long> result = new ArrayList<>();
        for (long x = 0; x < segment.size(); x++) {
            if (Lookups.project(segment, x, tensor) == element) {
                result.add(x);
            }
        }
        return result;
    }

    private Lie another(String operation, String column) {
        return new Lie(operation, column.substring(operation.length() + 1), Kind.EXCHANGED,
                ANOTHER, Set.of(),
                List.of(new Place(5, 0)), (r, p) -> {
                    tensor(r, column).set(p.row(), tensor(r, column).get(p.row()) + 1);
                    return true;
                });
    }

    private interface Allowed {
        boolean test(Place two);
    }

    /// Two elements at which the tensors differ.
    private Optional<Place> find(long size, List<String> names, Allowed allowed) {
        List<HostTensor> tensors = names.stream().map(n -> tensor(honest, n)).toList();
        for (int i = 0; i < TRIES; i++) {
            Place two = new Place(random.nextInt((int) size), random.nextInt((int) size));
            if (tensors.stream().anyMatch(t -> t.get(two.row()) != t.get(two.index())) && allowed.test(two)) {
                return Optional.of(two);
            }
        }
        return Optional.empty();
    }

    /// Data of a witness column or of a virtual tensor.
    private static HostTensor tensor(CheatingProver.Run r, String name) {
        Optional<Column> column = r.graph.witnessColumns().stream().filter(c -> c.name().equals(name)).findFirst();
        return column.isPresent() ? HostTensor.of(r.witness.of(column.get())) : r.virtual(name);
    }
}
