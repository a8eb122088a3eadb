package dev.chagres.prove;

import dev.chagres.model.Circuit;
import dev.chagres.model.ModelSpec;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.key.KeyData;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.GraphProver;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.prove.stage.RowGeneration;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.TokenSequence;
import java.util.Arrays;
import java.util.function.IntConsumer;

/// A greedy generation and the integers of its prompt, if the host's stages keep them. Those of the generated rows are
/// computed together afterwards: one by one, each row would touch every line of memory that it shares with its
/// neighbours.
final class Generation implements AutoCloseable {
    private final ModelSpec spec;
    private final KeyData data;
    private final Host host;
    private final int promptLength;
    private final Circuit circuit;
    private final Witness witness;
    private final MemoryPlan plan;
    private int[] ids;
    /// Whether the witness has the integers of the prompt.
    private boolean kept;

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
        try (RowGeneration run = host.stages().generation(circuit.graph(), circuit.logits(), witness, ids)) {
            int sections = circuit.graph().sections().size();
            progress.within("prompt", 0, sections);
            run.prompt(promptLength, done -> progress.within("prompt", done, sections));
            kept = run.keepsPrompt();
            for (int length = promptLength; length < ids.length; length++) {
                if (length > promptLength) {
                    run.draft(length - 1);
                }
                ids[length] = run.choice(length - 1);
                each.accept(ids[length]);
                progress.step();
                if (spec.limits().ends(ids[length])) {
                    ids = Arrays.copyOf(ids, length + 1);
                }
            }
        }
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
        if (!kept || proved.rows().bits() != circuit.rows().bits()) {
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

    @Override
    public void close() {
        witness.close();
    }
}
