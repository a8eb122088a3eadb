package dev.chagres.prove;

import dev.chagres.kernel.Memory;
import dev.chagres.model.Circuit;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.PhaseEvents;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.GraphProver;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.prove.run.ProverOptions;
import dev.chagres.prove.run.TaskRunner;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.StatementException;
import dev.chagres.statement.TokenSequence;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// Proves sequences with one proving key.
///
/// Every proof is verified before it is handed out: a tenth of a second against damage of the key on the disk and of memory, which
/// nobody else would notice before the proof is needed.
public final class Prover {
    private final ProvingKey key;
    private final int threads;
    private final Progress progress;
    private final Optional<MemoryPlan.Limit> limit;

    /// A prover that keeps everything in memory.
    public Prover(ProvingKey key, int threads, Progress progress) {
        this(key, threads, progress, Optional.empty());
    }

    /// @param limit of the memory of the process, if there is one; proofs do not depend on it
    public Prover(ProvingKey key, int threads, Progress progress, Optional<MemoryPlan.Limit> limit) {
        this.key = key;
        this.threads = threads;
        this.progress = new PhaseEvents(progress);
        this.limit = limit;
    }

    private MemoryPlan plan(TokenSequence sequence) {
        // Free regions of the pool count as well.
        limit.ifPresent(l -> Memory.pool().limit(Math.max(0, l.bytes() - l.fixed())));
        return limit.map(l -> MemoryPlan.of(key.verifyingKey().spec().compile(sequence).graph(),
                        key.verifyingKey().parameters(), threads, l))
                .orElse(MemoryPlan.unlimited(threads));
    }

    /// Continues a prompt as [Generator#generate(int\[\], int, IntConsumer)] does and proves the whole sequence; its integers are computed once.
    ///
    /// @param each called with every generated id
    /// @throws IllegalArgumentException if the sequence does not fit the model
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    /// @throws dev.chagres.prove.file.FileFormatException if the key file is damaged, as far as it shows in this proof
    public Proof generateAndProve(int[] prompt, int count, IntConsumer each) {
        Generator generator = new Generator(key.verifyingKey().spec(), key, threads);
        generator.check(prompt, count);
        return withWholeKey(() -> generateAndProve(generator, prompt, count, each));
    }

    private Proof generateAndProve(Generator generator, int[] prompt, int count, IntConsumer each) {
        progress.phase("generate", count);
        MemoryPlan plan = plan(anySequence(prompt, count));
        try (Generation generation = generator.start(prompt, count, plan)) {
            generation.run(id -> {
                each.accept(id);
                progress.step();
            });
            TokenSequence sequence = generation.sequence();
            return prove(sequence, plan, generation::part);
        }
    }

    /// Sizes do not depend on the ids, only on their number; an end of text must not come early.
    private TokenSequence anySequence(int[] prompt, int count) {
        return TokenSequence.ofLength(prompt, count, key.verifyingKey().spec().limits().anyId());
    }

    /// Proves that every generated id of the sequence is the greedy choice of the model.
    ///
    /// @throws IllegalArgumentException if the sequence does not fit the model
    /// @throws IllegalStateException if a generated id is not the greedy choice
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    /// @throws dev.chagres.prove.file.FileFormatException if the key file is damaged, as far as it shows in this proof
    public Proof prove(TokenSequence sequence) {
        return withWholeKey(() -> prove(sequence, plan(sequence)));
    }

    /// What fails although the request is right may fail because the key is damaged, and then that is the message.
    private Proof withWholeKey(Supplier<Proof> work) {
        try {
            return work.get();
        } catch (StatementException e) {
            throw e;
        } catch (RuntimeException e) {
            try {
                key.check();
            } catch (FileFormatException damaged) {
                damaged.addSuppressed(e);
                throw damaged;
            }
            throw e;
        }
    }

    /// @param plan for the memory, whatever the limit
    Proof prove(TokenSequence sequence, MemoryPlan plan) {
        return prove(sequence, plan, compiled -> Generation.nothing(compiled, sequence, key, plan));
    }

    private Proof prove(TokenSequence sequence, MemoryPlan plan, Function<Circuit, Generation.Part> integers) {
        Circuit compiled = key.verifyingKey().spec().compile(sequence);
        Generation.Part part = integers.apply(compiled);
        try (Witness witness = part.witness()) {
            GraphProver prover = new GraphProver(compiled.graph(), key.verifyingKey().parameters(), key.commitment(), threads, plan,
                    ProverOptions.CHECKED, progress, TaskRunner.LOCAL);
            byte[] stream = prover.prove(Verifier.publicInput(key.verifyingKey(), sequence), witness, part.lacking());
            progress.end();
            Proof proof = new Proof(key.verifyingKey().digest(), sequence, stream);
            verify(proof);
            return proof;
        }
    }

    private void verify(Proof proof) {
        if (new Verifier(key.verifyingKey()).verify(proof.encode()) instanceof Verdict.Rejected r) {
            throw new IllegalStateException("the proof made with " + key.file() + " does not verify (" + r.check()
                    + "), although the key file is not damaged: a fault of this machine's memory or of this program");
        }
    }
}
