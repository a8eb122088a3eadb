package dev.chagres.prove;

import dev.chagres.graph.Evaluation;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.model.Circuit;
import dev.chagres.model.ModelSpec;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.key.KeyData;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.GraphProver;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.prove.run.Streams;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.TokenSequence;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/// A greedy generation and the integers of its prompt. Those of the generated rows are computed together afterwards:
/// one by one, each row would touch every line of memory that it shares with its neighbours.
final class Generation implements AutoCloseable {
    private final ModelSpec spec;
    private final KeyData data;
    private final Host host;
    private final int promptLength;
    private final Circuit circuit;
    private final Witness witness;
    private final MemoryPlan plan;
    private int[] ids;

    /// @param prompt not empty
    /// @param count how many ids to generate, at least 1
    /// @param plan for the memory of the integers
    Generation(Host host, ModelSpec spec, KeyData data, int[] prompt, int count, MemoryPlan plan) {
        this.host = host;
        this.spec = spec;
        this.data = data;
        this.promptLength = prompt.length;
        this.ids = Arrays.copyOf(prompt, prompt.length + count);
        this.circuit = spec.inference(ids.length - 1);
        this.plan = plan;
        this.witness = new Witness(circuit.graph(), data.of(circuit), store(host, plan));
    }

    /// Generates all ids, or those up to the end of text. Every id is a step; the first one waits for the prompt.
    ///
    /// @param each called with every id
    void run(Progress progress, IntConsumer each) {
        try (IntegerRun run = new IntegerRun(circuit.graph(), witness, ids, host)) {
            run(run, progress, each, _ -> { }, _ -> { });
        }
    }

    /// @param section called with the number of every section whose integers of the prompt are there
    /// @param drafted called with the number of every row that was drafted
    private void run(IntegerRun run, Progress progress, IntConsumer each, IntConsumer section, IntConsumer drafted) {
        int sections = circuit.graph().sections().size();
        progress.within("prompt", 0, sections);
        run.rows(0, promptLength, done -> {
            progress.within("prompt", done, sections);
            section.accept(done - 1);
        });
        for (int length = promptLength; length < ids.length; length++) {
            if (length > promptLength) {
                run.draft(length - 1);
                drafted.accept(length - 1);
            }
            ids[length] = choice(run, circuit.logits(), length - 1);
            each.accept(ids[length]);
            progress.step();
            if (spec.limits().ends(ids[length])) {
                ids = Arrays.copyOf(ids, length + 1);
            }
        }
    }

    /// What others need to prove [#sequence()].
    ///
    /// @param circuit that proves it
    /// @param streams what its sections follow from, as [Streams] writes them
    record Outline(Circuit circuit, byte[] streams) {}

    /// As [#run(Progress, IntConsumer)], when others are to prove the sequence: of all integers only the streams are
    /// kept, and one section at a time. This generation is over.
    ///
    /// @param each called with every id
    Outline outline(Progress progress, IntConsumer each) {
        int[] inputs = ids;
        Circuit proved;
        try (IntegerRun run = new IntegerRun(circuit.graph(), witness, inputs, host)) {
            run(run, progress, each, section -> forget(witness, circuit, section), row -> keep(run, row));
            ids = ids.clone();
            proved = spec.compile(sequence());
            // A text that ended so early that its blocks are smaller is evaluated again.
            if (proved.rows().bits() != circuit.rows().bits()) {
                witness.close();
                return outline(host, proved, sequence(), data, plan);
            }
            // The last id is no input, and rows past the sequence carry token 0.
            int end = ids.length - 1;
            Arrays.fill(inputs, end, inputs.length, 0);
            if (end < proved.rows().padded()) {
                run.rows(end, proved.rows().padded(), done -> forget(witness, circuit, done - 1));
            }
        }
        try (Witness moved = witness.moveTo(proved.graph(), data.of(proved))) {
            return new Outline(proved, streams(proved, moved));
        }
    }

    /// The outline of a given sequence.
    static Outline outline(Host host, Circuit circuit, TokenSequence sequence, KeyData data, MemoryPlan plan) {
        try (Witness witness = new Witness(circuit.graph(), data.of(circuit), store(host, plan));
                IntegerRun run = new IntegerRun(circuit.graph(), witness, sequence.inputs(), host)) {
            run.rows(0, circuit.rows().padded(), done -> forget(witness, circuit, done - 1));
            return new Outline(circuit, streams(circuit, witness));
        }
    }

    /// The last section has the logits.
    private static void forget(Witness witness, Circuit circuit, int section) {
        if (section < circuit.graph().sections().size() - 1) {
            witness.forget(section);
        }
    }

    /// Writes the drafted row of the streams.
    private void keep(IntegerRun run, int row) {
        for (int section = 0; section < circuit.graph().sections().size(); section++) {
            try (Witness.Use _ = witness.useOutputs(section, true)) {
                run.keep(circuit.graph().outputs(section), row);
            }
        }
    }

    private static byte[] streams(Circuit circuit, Witness witness) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.toIntExact(Streams.bytes(circuit.graph())));
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            Streams.write(out, circuit.graph(), witness);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes everything
        }
        return bytes.toByteArray();
    }

    /// An empty store for a witness that is to be evaluated.
    static SpillStore store(Host host, MemoryPlan plan) {
        return new SpillStore(host.memory(), plan.whileEvaluating(), plan.spillFolder());
    }

    /// Prompt and generated ids.
    int[] ids() {
        return ids;
    }

    TokenSequence sequence() {
        return new TokenSequence(ids, promptLength);
    }

    /// A witness of a circuit that proves [#sequence()], and what it lacks.
    ///
    /// @param witness owned by whoever asked for it
    record Part(Witness witness, GraphProver.Rows lacking) {}

    /// The integers of the prompt, for a circuit that proves [#sequence()]. This generation is over.
    Part part(Circuit proved) {
        // A text that ended so early that its blocks are smaller is evaluated again.
        if (proved.rows().bits() != circuit.rows().bits()) {
            return nothing(host, proved, sequence(), data, plan);
        }
        // Whole groups of 16 rows are moved faster than parts of them.
        return new Part(witness.moveTo(proved.graph(), data.of(proved)),
                lacking(proved, sequence(), promptLength & -16));
    }

    /// A witness without integers.
    static Part nothing(Host host, Circuit circuit, TokenSequence sequence, KeyData data, MemoryPlan plan) {
        return new Part(new Witness(circuit.graph(), data.of(circuit), store(host, plan)),
                lacking(circuit, sequence, 0));
    }

    private static GraphProver.Rows lacking(Circuit circuit, TokenSequence sequence, int from) {
        return new GraphProver.Rows(from, circuit.rows().padded(), sequence.inputs());
    }

    /// The smallest id with the largest logit.
    private static int choice(Evaluation run, MatrixProduct logits, int row) {
        // Tiles come in any order: the largest (logit, -id) is the same in all of them.
        AtomicLong best = new AtomicLong(Long.MIN_VALUE);
        run.product(logits, row, row + 1, (memory, acc, first, _) -> {
            long here = Long.MIN_VALUE;
            for (int i = 0; i < acc.channels(); i++) {
                here = Math.max(here, (long) acc.get(i, 0) << 32 | (~(first + i) & 0xffff_ffffL));
            }
            best.accumulateAndGet(here, Math::max);
        });
        return ~(int) best.get();
    }

    @Override
    public void close() {
        witness.close();
    }
}
