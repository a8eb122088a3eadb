package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.OpeningTags;
import dev.chagres.field.QM31;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.LadderArrays;
import dev.chagres.prove.stage.OpeningArrays;
import dev.chagres.prove.stage.OpeningPasses;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.stage.ProductRounds;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.prove.task.Needs;
import dev.chagres.prove.task.Scheduler;
import dev.chagres.prove.task.TaskGraph;
import dev.chagres.prove.task.TaskGraph.Node;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Eq;
import dev.chagres.transcript.ProverChannel;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Opens many claims against the two commitments (docs/protocol-opening.md).
///
/// The caller has already absorbed the parameters, both roots and every claimed value.
public final class OpeningProver {
    private final ProverChannel channel;
    private final CommitmentParameters parameters;
    private final AddressSpace space;
    private final boolean checked;
    private final OpeningArrays arrays;
    private final Host host;
    private BatchingRounds rounds;
    private BatchedClaims batch;
    private QM31[] r;

    private OpeningProver(Host host, ProverChannel channel, CommitmentParameters parameters, AddressSpace space,
            boolean checked) {
        this.host = host;
        this.channel = channel;
        this.parameters = parameters;
        this.space = space;
        this.checked = checked;
        this.arrays = host.stages().opening(space, parameters.headBits());
    }

    /// Proves claims about values that are here and writes the opening to the channel.
    ///
    /// @param witness commitment of the witness matrix
    /// @param key commitment of the key matrix
    /// @param source values of the columns of both; read three times
    /// @param claims what is opened
    /// @param host runs the passes; the bytes do not depend on it
    /// @param checked false only for tests that play a cheating prover: no identity is asserted
    /// @throws IllegalStateException if a claim is false or the commitments are not of these values
    public static void open(Host host, ProverChannel channel, CommitmentParameters parameters, MatrixCommitment witness,
            MatrixCommitment key, TileSource source, List<Claim> claims, boolean checked) {
        AddressSpace space = new AddressSpace(witness.layout(), key.layout());
        try (OpeningPasses passes = host.stages().passes(space, source, parameters.headBits())) {
            TaskGraph graph = new TaskGraph();
            Node<List<Claim>> stated = graph.add("claims", Needs.LITTLE, List.of(), _ -> claims);
            Node<Commitments> both = graph.add("commitments", Needs.LITTLE, List.of(),
                    _ -> new Commitments(witness.codeword(), key.codeword()));
            PassParts parts = PassParts.of(passes, new RowRanges(space).count());
            Node<byte[]> end = tasks(graph, host, channel, parameters, space, both, stated, parts, checked, () -> {});
            new Scheduler(host.team(), host.threads(), Long.MAX_VALUE).run(graph, end);
        }
    }

    /// What is opened, both matrices.
    public record Commitments(CommittedRows witness, CommittedRows key) {}

    /// Adds the tasks of an opening to a graph.
    ///
    /// @param space of the rows of both matrices
    /// @param commitments the commitments
    /// @param claims what is opened; the channel is the opening's when they are there
    /// @param passes over the values
    /// @param each called [#steps(AddressSpace)] times
    /// @return the task after which the opening is in the channel; its result is all that the channel has sent
    public static Node<byte[]> tasks(TaskGraph graph, Host host, ProverChannel channel, CommitmentParameters parameters,
            AddressSpace space, Node<Commitments> commitments, Node<List<Claim>> claims, PassParts passes,
            boolean checked, Runnable each) {
        OpeningProver opening = new OpeningProver(host, channel, parameters, space, checked);
        RowRanges ranges = new RowRanges(space);
        long bytes = ranges.bytes(host.threads(), parameters.headBits());
        Node<QM31> gamma = graph.add("open: batch", Needs.LITTLE, List.of(claims), in -> {
            QM31 drawn = opening.begin(in.of(claims));
            passes.begin(in.of(claims), drawn);
            return drawn;
        });

        Joins joins = new Joins(graph, passes, passes.needs(bytes), each);
        Node<PassResult> sums = joins.sum("open: sums", List.of(claims, gamma),
                (in, part) -> passes.headSums(part, in.of(claims), in.of(gamma)),
                opening.arrays::add);
        Node<QM31[]> low = graph.add("open: head rounds", Needs.wide(0), List.of(sums, gamma), in ->
                checked(passes, "head sums", () -> opening.head(in.of(sums))));

        Node<PassResult> folded = joins.of("open: fold", List.of(claims, gamma, low),
                (in, part) -> passes.fold(part, in.of(claims), in.of(gamma), in.of(low)),
                opening.arrays::place);
        Node<QM31[]> row = graph.add("open: rounds", Needs.wide(0), List.of(folded), in ->
                checked(passes, "head sums or fold", () -> opening.tail(in.of(folded))));

        Node<PassResult> combination = joins.sum("open: combine", List.of(row),
                (in, part) -> passes.combine(part, in.of(row)),
                opening.arrays::add);
        return graph.add("open: ladder", Needs.wide(0), List.of(combination, commitments), in ->
                checked(passes, "combine or columns", () -> opening.ladder(in.of(combination), in.of(commitments))));
    }

    private static <T> T checked(PassParts passes, String pass, Supplier<T> rounds) {
        try {
            return rounds.get();
        } catch (IllegalStateException e) {
            throw passes.wrong(pass, e);
        }
    }

    /// Number of steps of an opening.
    public static int steps(AddressSpace space) {
        return 3 * new RowRanges(space).count();
    }

    private interface Pass<R> {
        R run(TaskGraph.Inputs in, int part);
    }

    private interface Join {
        /// @param all what earlier ranges have become; null for the first one
        PassResult run(int range, PassResult all, PassResult part);
    }

    /// What a pass has made of the ranges of a part, in their order.
    private record Results(List<PassResult> each) implements AutoCloseable {
        @Override
        public void close() {
            each.forEach(PassResult::close);
        }
    }

    /// Passes over all parts, joined one after another, so that no more results are kept than there are tasks at work.
    ///
    /// @param each called for every range
    private record Joins(TaskGraph graph, PassParts parts, Needs needs, Runnable each) {
        /// @param join of the results of two parts; the first of them null at first
        Node<PassResult> sum(String name, List<Node<?>> reads, Pass<PassResult> pass,
                BinaryOperator<PassResult> join) {
            return of(name, reads, (in, part) -> List.of(pass.run(in, part)), (_, sum, one) -> join.apply(sum, one));
        }

        Node<PassResult> of(String name, List<Node<?>> reads, Pass<List<PassResult>> pass, Join join) {
            Node<PassResult> all = null;
            for (int i = 0; i < parts.ranges().size(); i++) {
                int number = i;
                List<Integer> ranges = parts.ranges().get(i);
                Node<PassResult> before = all;
                Node<Results> part = graph.add(name + " " + i, needs, reads, in -> {
                    Results results = new Results(pass.run(in, number));
                    ranges.forEach(_ -> each.run());
                    return results;
                });
                all = graph.add(name + " joined " + i, Needs.LITTLE,
                        Stream.of(before, part).filter(n -> n != null).toList(),
                        in -> joined(ranges, before == null ? null : in.of(before), in.of(part), join));
            }
            return all;
        }

        private static PassResult joined(List<Integer> ranges, PassResult before, Results part, Join join) {
            PassResult all = before;
            for (int i = 0; i < part.each.size(); i++) {
                all = join.run(ranges.get(i), all, part.each.get(i));
            }
            return all;
        }
    }

    private QM31 begin(List<Claim> claims) {
        QM31 gamma = channel.challenge(OpeningTags.GAMMA);
        batch = BatchedClaims.of(space, claims, gamma);
        rounds = new BatchingRounds(host.stages(), checked, batch, parameters);
        return gamma;
    }

    private QM31[] head(PassResult sums) {
        try (ProductRounds head = arrays.head(HeadGroups.of(batch, parameters.headBits()), sums)) {
            return rounds.head(channel, head);
        }
    }

    /// @return the challenges of the row variables
    private QM31[] tail(PassResult folded) {
        try (ProductRounds tail = arrays.tail(folded)) {
            r = rounds.tail(channel, tail);
        }
        return Arrays.copyOfRange(r, space.k(), r.length);
    }

    private byte[] ladder(PassResult u, Commitments commitments) {
        try (LadderArrays ladder = arrays.ladder(u, Arrays.copyOf(r, space.k()))) {
            if (checked && !ladder.sum().equals(rounds.value())) {
                throw new IllegalStateException("row combination: <u, eq(r)> is not F(r)");
            }
            CommittedRows[] matrices = {commitments.witness, commitments.key};
            QM31[] rows = Eq.table(Arrays.copyOfRange(r, space.k(), r.length));
            new LadderProver(host.stages(), checked, parameters, channel, matrices, rows).run(ladder, rounds.value());
        }
        return channel.bytes();
    }
}
