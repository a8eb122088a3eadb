package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.verify.Verdict;
import dev.chagres.lookup.Component;
import dev.chagres.lookup.Segment;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Values that are in their table but at the wrong place: two positions of one lookup exchange everything that is looked up
/// there. All multiplicities stay right, so only the relation between values, and never a lookup, can notice.
class TupleForgeryTest {
    private static final int TRIES = 4000;

    @TempDir
    private static Path folder;

    private final SplittableRandom random = new SplittableRandom(4);

    /// A change of a run, with what it changes.
    private record Lie(String what, Consumer<CheatingProver.Run> change) {}

    @Test
    void everyValueBelongsToItsPosition() throws IOException {
        try (CheatingProver prover = new CheatingProver(folder, "1x2x32x20x32", 21)) {
            List<Lie> lies = new ArrayList<>();
            prover.verdict(r -> {
                segments(r).forEach(g -> lies.add(lie(r, g)));
                unlooked(r).forEach(c -> lies.add(exchange(r, c.name(), List.of(r.witness.of(c)), _ -> true)
                        .orElseGet(() -> increment(c.name()))));
            }, CheatingProver::nothing);
            assertThat(lies).hasSizeGreaterThan(80);
            List<String> missed = new ArrayList<>();
            for (Lie lie : lies) {
                Verdict verdict = prover.verdict(lie.change, CheatingProver::nothing);
                String check = verdict instanceof Verdict.Rejected r ? r.check() : "accepted";
                if (!check.startsWith("sumcheck/") && !check.startsWith("attention/sum")) {
                    missed.add(lie.what + ": " + check);
                }
            }
            assertThat(missed).as("changes that no relation noticed").isEmpty();
        }
    }

    private static List<Segment> segments(CheatingProver.Run r) {
        return r.graph.sections().stream().flatMap(s -> s.segments().stream()).toList();
    }

    /// Columns that no lookup touches.
    private static List<Column> unlooked(CheatingProver.Run r) {
        Set<Column> looked = new HashSet<>();
        for (Segment g : segments(r)) {
            looked.add(g.table().multiplicity());
            for (Component c : g.components()) {
                if (c instanceof Component.Linear l) {
                    l.terms().forEach(t -> looked.add(t.column()));
                }
            }
        }
        return r.graph.witnessColumns().stream()
                .filter(c -> !looked.contains(c) && !c.name().startsWith("count.")).toList();
    }

    /// An exchange, or, where all tuples are equal, one value more by one.
    private Lie lie(CheatingProver.Run r, Segment g) {
        List<IntTensor> own = new ArrayList<>();
        List<Column> broadcast = new ArrayList<>();
        for (Component c : g.components()) {
            switch (c) {
                case Component.Proved p -> own.add(r.witness.of(p.virtual()));
                case Component.Linear l -> l.terms().forEach(t -> {
                    if (t.column().shape() == g.shape()) {
                        own.add(r.witness.of(t.column()));
                    } else {
                        broadcast.add(t.column());
                    }
                });
            }
        }
        Optional<Lie> exchange = exchange(r, g.name(), own, p -> broadcast.stream()
                .allMatch(c -> atRow(r, g.shape(), c, p[0]) == atRow(r, g.shape(), c, p[1])));
        return exchange.orElseGet(() -> {
            assertThat(own).as("columns of %s", g.name()).hasSize(1);
            return increment(((Component.Linear) g.components().getFirst()).terms().getFirst().column().name());
        });
    }

    private static Lie increment(String column) {
        return new Lie(column + " + 1", r -> r.data(column).set(5, r.data(column).get(5) + 1));
    }

    /// The value of a row column at an element of an activation of one block.
    private static int atRow(CheatingProver.Run r, Shape shape, Column column, int element) {
        return r.witness.of(column).get(element & ((1 << shape.lowAxes().getFirst().bits()) - 1));
    }

    /// Finds two positions at which the tensors differ; tensors of later runs are found by their place in this one.
    private Optional<Lie> exchange(CheatingProver.Run r, String name, List<IntTensor> tensors,
            java.util.function.Predicate<int[]> allowed) {
        int size = (int) tensors.getFirst().size();
        for (int i = 0; i < TRIES; i++) {
            int a = random.nextInt(size);
            int b = random.nextInt(size);
            if (tensors.stream().anyMatch(t -> t.get(a) != t.get(b)) && allowed.test(new int[] {a, b})) {
                return Optional.of(new Lie(name + " at " + a + " and " + b, other -> swap(other, name, a, b)));
            }
        }
        return Optional.empty();
    }

    /// Exchanges two positions of everything a segment looks up, or of one column.
    private static void swap(CheatingProver.Run r, String name, int a, int b) {
        Optional<Segment> segment = segments(r).stream().filter(g -> g.name().equals(name)).findFirst();
        List<IntTensor> tensors = new ArrayList<>();
        if (segment.isEmpty()) {
            tensors.add(r.data(name));
        } else {
            for (Component c : segment.get().components()) {
                switch (c) {
                    case Component.Proved p -> tensors.add(r.witness.of(p.virtual()));
                    case Component.Linear l -> l.terms().stream()
                            .filter(t -> t.column().shape() == segment.get().shape())
                            .forEach(t -> tensors.add(r.witness.of(t.column())));
                }
            }
        }
        for (IntTensor t : tensors) {
            int saved = t.get(a);
            t.set(a, t.get(b));
            t.set(b, saved);
        }
    }
}
