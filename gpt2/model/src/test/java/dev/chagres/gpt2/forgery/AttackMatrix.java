package dev.chagres.gpt2.forgery;

import dev.chagres.gpt2.forgery.Lie.Kind;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.semantics.DomainException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Tells lies to the verifier, each in a proof of its own, and compares what notices with what ought to.
final class AttackMatrix {
    /// In place of a check: the lie could not be told so that nothing else is false.
    static final String NOT_TOLD = "not told";

    private final CheatingProver prover;

    AttackMatrix(CheatingProver prover) {
        this.prover = prover;
    }

    /// A lie and what became of it.
    ///
    /// @param problem empty if the lie was rejected, by what it violates and by nothing else
    record Row(Lie lie, Outcome outcome, String problem) {}

    /// Lies about the values of a model's graph.
    ///
    /// @param all whether at many places
    List<Lie> lies(boolean all) {
        return lies(all, _ -> true);
    }

    /// The same without some that are not exchanges.
    ///
    /// @param told whether lies are told about an operation, or the multiplicities of a table, of this name
    List<Lie> lies(boolean all, Predicate<String> told) {
        try (CheatingProver.Run honest = prover.new Run(prover.sequence, Map.of())) {
            Lookups.count(honest.graph, honest.witness);
            List<Lie> lies = new ArrayList<>(LieBook.of(honest, all).stream()
                    .filter(l -> told.test(l.operation().equals("tables") ? l.column() : l.operation())).toList());
            lies.addAll(Exchange.lies(honest));
            return lies;
        }
    }

    /// Tells all lies, on all processors.
    ///
    /// @return in the order of the lies
    List<Row> tell(List<Lie> lies) {
        return parallel(lies, this::tell);
    }

    /// Work on all processors.
    ///
    /// @return results in the order of the subjects
    static <S, T> List<T> parallel(List<S> subjects, Function<S, T> work) {
        try (ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<T>> futures = subjects.stream().map(s -> pool.submit(() -> work.apply(s))).toList();
            List<T> result = new ArrayList<>();
            for (Future<T> f : futures) {
                result.add(f.get());
            }
            return result;
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Row tell(Lie lie) {
        Set<String> seen = new TreeSet<>();
        return told(lie, true, seen).map(outcome -> new Row(lie, outcome, problem(lie, outcome)))
                .orElseGet(() -> new Row(lie, new Outcome(NOT_TOLD, new TreeSet<>(), 0),
                        "no place at which only " + lie.violated() + " is false, but: " + seen));
    }

    /// What becomes of a lie that is told at the first place where it is possible, whatever else is false then.
    Outcome anyhow(Lie lie) {
        return told(lie, false, new TreeSet<>()).orElseThrow();
    }

    /// @param alone whether a consistent lie is told only where no other lookup notices
    /// @param seen what else was false at the places before
    private Optional<Outcome> told(Lie lie, boolean alone, Set<String> seen) {
        for (Lie.Place place : lie.places()) {
            try (CheatingProver.Run r = prover.new Run(prover.sequence, Map.of())) {
                if (lie.afterCount()) {
                    Lookups.count(r.graph, r.witness);
                }
                boolean told;
                if (lie.kind() == Kind.CONTINUED) {
                    told = applied(lie, r, place, seen) && (!alone || clean(lie, r, seen));
                } else {
                    lie.change().apply(r, place);
                    told = true;
                }
                if (told) {
                    return Optional.of(Outcome.of(prover, r, Moves.NONE, lie.afterCount()));
                }
            }
        }
        return Optional.empty();
    }

    /// Whether no other lookup notices a consistent lie.
    private static boolean clean(Lie lie, CheatingProver.Run r, Set<String> seen) {
        Set<String> missing = Lookups.count(r.graph, r.witness).keySet().stream().map(s -> s.name())
                .collect(Collectors.toSet());
        String expected = lie.violated().iterator().next();
        boolean clean = expected.contains("/") ? missing.isEmpty() : missing.equals(lie.violated());
        if (!clean) {
            seen.add(missing.toString());
        }
        return clean;
    }

    /// Changes the run; false if the integers cannot go on from there.
    private static boolean applied(Lie lie, CheatingProver.Run r, Lie.Place place, Set<String> seen) {
        try {
            return lie.change().apply(r, place);
        } catch (DomainException | IndexOutOfBoundsException | IllegalArgumentException
                | ArithmeticException cannotGoOn) {
            seen.add(cannotGoOn.toString());
            return false;
        }
    }

    private static String problem(Lie lie, Outcome o) {
        if (o.check().equals(Outcome.ACCEPTED)) {
            return "ACCEPTED";
        }
        boolean right = switch (lie.kind()) {
            case ALONE, FAR -> true;
            case EXCHANGED -> relation(o.check()) && o.tuples() == 0 && !o.violated().isEmpty()
                    && o.violated().stream().noneMatch(v -> v.startsWith("lookup/"));
            case COUNT -> o.check().equals("lookup/balance") && o.violated().equals(lie.violated());
            case CONTINUED -> {
                String expected = lie.violated().iterator().next();
                yield switch (expected) {
                    case "open/batch" -> o.check().equals(expected) && o.violated().isEmpty();
                    case String s when s.contains("/") -> relation(o.check()) && o.violated().equals(lie.violated());
                    default -> o.check().equals("lookup/balance") && o.violated().equals(lie.violated());
                };
            }
        };
        return right ? "" : "caught by " + o.check() + ", false are " + o.violated();
    }

    private static boolean relation(String check) {
        return check.startsWith("sumcheck/") || check.startsWith("attention/sum");
    }
}
