package dev.chagres.gpt2.engine;

import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.gpt2.graph.Sequence;
import dev.chagres.gpt2.key.ProvingKey;
import dev.chagres.gpt2.verify.Gpt2Verifier;
import dev.chagres.gpt2.verify.ProofFile;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.GraphProver;
import dev.chagres.prove.MemoryPlan;
import dev.chagres.prove.Progress;
import dev.chagres.prove.ProverOptions;
import dev.chagres.prove.TaskRunner;
import dev.chagres.prove.Witness;
import dev.chagres.prove.profile.PhaseEvents;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;

/// Proves sequences with one proving key.
public final class Gpt2Prover {
    private final ProvingKey key;
    private final int threads;
    private final Progress progress;
    private final Optional<MemoryPlan.Limit> limit;

    /// A prover that keeps everything in memory.
    public Gpt2Prover(ProvingKey key, int threads, Progress progress) {
        this(key, threads, progress, Optional.empty());
    }

    /// @param limit of the memory of the process, if there is one; proofs do not depend on it
    public Gpt2Prover(ProvingKey key, int threads, Progress progress, Optional<MemoryPlan.Limit> limit) {
        this.key = key;
        this.threads = threads;
        this.progress = new PhaseEvents(progress);
        this.limit = limit;
    }

    private MemoryPlan plan(Sequence sequence) {
        // Free regions of the pool count as well.
        limit.ifPresent(l -> Memory.pool().limit(Math.max(0, l.bytes() - l.fixed())));
        return limit.map(l -> MemoryPlan.of(Gpt2Graph.of(key.verifyingKey().spec(), sequence).graph(),
                        key.verifyingKey().parameters(), threads, l))
                .orElse(MemoryPlan.unlimited(threads));
    }

    /// Continues a prompt as [Generator#generate(int\[\], int, IntConsumer)] does and proves the whole sequence; its integers are computed once.
    ///
    /// @param each called with every generated id
    /// @throws IllegalArgumentException if the sequence does not fit the model
    /// @throws dev.chagres.graph.DomainException if the residual stream leaves its domain
    public ProofFile generateAndProve(int[] prompt, int count, IntConsumer each) {
        progress.phase("generate", count);
        Generator generator = new Generator(key.verifyingKey().spec(), key, threads);
        generator.check(prompt, count);
        MemoryPlan plan = plan(anySequence(prompt, count));
        try (Generation generation = generator.start(prompt, count, plan)) {
            generation.run(id -> {
                each.accept(id);
                progress.step();
            });
            Sequence sequence = generation.sequence();
            return prove(sequence, plan, generation::part);
        }
    }

    /// Sizes do not depend on the ids, only on their number; an end of text must not come early.
    private Sequence anySequence(int[] prompt, int count) {
        int[] ids = Arrays.copyOf(prompt, prompt.length + count);
        Arrays.fill(ids, prompt.length, ids.length, key.verifyingKey().spec().shape().endOfText() == 0 ? 1 : 0);
        return new Sequence(ids, prompt.length);
    }

    /// Proves that every generated id of the sequence is the greedy choice of the model.
    ///
    /// @throws IllegalArgumentException if the sequence does not fit the model
    /// @throws IllegalStateException if a generated id is not the greedy choice
    /// @throws dev.chagres.graph.DomainException if the residual stream leaves its domain
    public ProofFile prove(Sequence sequence) {
        return prove(sequence, plan(sequence));
    }

    /// @param plan for the memory, whatever the limit
    ProofFile prove(Sequence sequence, MemoryPlan plan) {
        return prove(sequence, plan, compiled -> Generation.nothing(compiled, sequence, key, plan));
    }

    private ProofFile prove(Sequence sequence, MemoryPlan plan, Function<Gpt2Graph, Generation.Part> integers) {
        Gpt2Graph compiled = Gpt2Graph.of(key.verifyingKey().spec(), sequence);
        Generation.Part part = integers.apply(compiled);
        try (Witness witness = part.witness()) {
            GraphProver prover = new GraphProver(compiled.graph(), key.verifyingKey().parameters(), key.commitment(), threads, plan,
                    ProverOptions.CHECKED, progress, TaskRunner.LOCAL);
            byte[] stream = prover.prove(Gpt2Verifier.publicInput(key.verifyingKey(), sequence), witness, part.lacking());
            progress.end();
            return new ProofFile(key.verifyingKey().digest(), sequence, stream);
        }
    }
}
