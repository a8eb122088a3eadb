package dev.chagres.prove;

import dev.chagres.model.Circuit;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.SharedPlace;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.PhaseEvents;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.remote.RemoteProof;
import dev.chagres.prove.remote.Sites;
import dev.chagres.prove.remote.Traffic;
import dev.chagres.prove.run.DeviceNeeds;
import dev.chagres.prove.run.GraphProver;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.prove.run.ProverOptions;
import dev.chagres.prove.run.TaskRunner;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tokenizer.Tokenizer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// Proves sequences with one proving key. Immutable; several threads may use one, their proofs then share the memory.
///
/// Every proof is verified before it is handed out: a tenth of a second against damage of the key on the disk and of
/// memory, which nobody else would notice before the proof is needed.
public final class Prover {
    private final Engine engine;
    private final ProvingKey key;
    private final Progress progress;
    private final Binding binding;
    /// Who makes the proof; empty for this machine.
    private final Optional<RemoteProof> remote;

    Prover(Engine engine, ProvingKey key, Progress listener, Binding binding) {
        this(engine, key, listener, binding, Optional.empty());
    }

    private Prover(Engine engine, ProvingKey key, Progress listener, Binding binding, Optional<RemoteProof> remote) {
        this.engine = engine;
        this.key = key;
        this.progress = listener;
        this.binding = binding;
        this.remote = remote;
    }

    /// The same prover, which tells a listener what it is doing.
    public Prover progress(Progress listener) {
        return new Prover(engine, key, new PhaseEvents(engine.device(), engine.meter(), listener), binding,
                remote);
    }

    /// The same prover, whose proofs are bound to public bytes: who verifies one sees them and can require them.
    public Prover bind(Binding bytes) {
        return new Prover(engine, key, progress, bytes, remote);
    }

    /// The same prover, whose next proof is made by other machines: this one generates, keeps the transcript and
    /// verifies. The proof has the same bytes. For one proof, because what it shares is numbered.
    ///
    /// @param sites that run the jobs
    /// @param traffic counts the bytes
    public Prover over(Sites sites, Traffic traffic) {
        return new Prover(engine, key, progress, binding, Optional.of(new RemoteProof(sites, traffic)));
    }

    /// @param circuit of the sequence, or of one as long; compiled only where there is a limit
    /// @param most sections at a time
    private MemoryPlan plan(Supplier<Circuit> circuit, int most) {
        return engine.plan(key, circuit, most);
    }

    private Engine.Sizes sizes(int ids, int prompt) {
        return new Engine.Sizes(HexFormat.of().formatHex(key.verifyingKey().digest()), ids, prompt);
    }

    /// One attempt at a proof.
    private interface Attempt {
        Proof run(Host host, MemoryPlan plan);
    }

    /// Proves on the device if there is one; without one, and where it fails and the engine falls back, on the
    /// processor.
    ///
    /// @param circuit of the sequence, or of one as long
    private Proof prove(Engine.Sizes sizes, Supplier<Circuit> circuit, Attempt attempt) {
        Supplier<Circuit> once = once(circuit);
        return new Placement(engine, SharedPlace.Purpose.PROOF).run(memory -> {
            DeviceNeeds needs = engine.needs(sizes, () ->
                    DeviceNeeds.of(once.get().graph(), key.verifyingKey().parameters(), memory));
            return needs::bytes;
        }, (host, lanes, device) -> {
            MemoryPlan plan = plan(once, lanes);
            return withWholeKey(() -> attempt.run(host, plan), device);
        });
    }

    private static <T> Supplier<T> once(Supplier<T> make) {
        AtomicReference<T> made = new AtomicReference<>();
        return () -> made.updateAndGet(there -> there != null ? there : make.get());
    }

    /// Continues a prompt greedily and proves the whole sequence.
    ///
    /// @param prompt text, encoded by the tokenizer that the key carries; control tokens are plain text
    /// @param count tokens to generate; fewer if the text ends before
    /// @throws IllegalArgumentException if the key has no tokenizer or the sequence does not fit the model
    /// @throws dev.chagres.tokenizer.TokenizerException if the tokenizer has no tokens for a character of the text
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    public Proof prove(String prompt, int count) {
        Tokenizer tokenizer = key.verifyingKey().tokenizer().tokenizer().orElseThrow(() -> new IllegalArgumentException(
                key.file() + ": this key has no tokenizer; give token ids"));
        return generateAndProve(tokenizer.encode(prompt), count, _ -> { });
    }

    /// Continues a prompt as [Generator#generate(int\[\], int, IntConsumer)] does and proves the whole sequence; its
    /// integers are computed once.
    ///
    /// @param each called with every generated id
    /// @throws IllegalArgumentException if the sequence does not fit the model
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    /// @throws dev.chagres.prove.file.FileFormatException if the key file is damaged, as far as it shows in this proof
    /// @throws DeviceFailureException if the device failed, and the engine does not take the processor then
    public Proof generateAndProve(int[] prompt, int count, IntConsumer each) {
        Generator generator = engine.generator(key.verifyingKey().spec(), key);
        generator.check(prompt, count);
        if (remote.isPresent()) {
            return proveElsewhere(prompt, count, each);
        }
        AtomicReference<TokenSequence> known = new AtomicReference<>();
        Announced told = new Announced(each);
        Engine.Sizes sizes = sizes(prompt.length + count, prompt.length);
        return prove(sizes, () -> key.verifyingKey().spec().compile(anySequence(prompt, count)), (host, plan) -> {
            if (known.get() != null) { // generated before the device failed
                return prove(known.get(), host, plan);
            }
            progress.phase("generate", count);
            try (Generation generation = generator.start(host, prompt, count, plan)) {
                generation.run(progress, told.again());
                known.set(generation.sequence());
                Circuit circuit = key.verifyingKey().spec().compile(known.get());
                return prove(known.get(), circuit, host, plan, generation.part(circuit));
            }
        });
    }

    /// Tells every id once, however often a generation begins again because a device has failed: it comes to the same
    /// ids.
    private static final class Announced {
        private final IntConsumer each;
        private int told;

        Announced(IntConsumer each) {
            this.each = each;
        }

        /// What a generation from the first id on tells.
        IntConsumer again() {
            AtomicInteger seen = new AtomicInteger();
            return id -> {
                if (seen.getAndIncrement() == told) {
                    told++;
                    each.accept(id);
                }
            };
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
    /// @throws DeviceFailureException if the device failed, and the engine does not take the processor then
    public Proof prove(TokenSequence sequence) {
        Circuit circuit = key.verifyingKey().spec().compile(sequence);
        if (remote.isPresent()) {
            return proveElsewhere(sequence, circuit);
        }
        Engine.Sizes sizes = sizes(sequence.ids().length, sequence.promptLength());
        return prove(sizes, () -> circuit, (host, plan) -> prove(sequence, circuit, host, plan,
                Generation.nothing(host, circuit, sequence, key, plan)));
    }

    private MemoryPlan coordinatorPlan(Circuit circuit) {
        return engine.coordinatorPlan(key, circuit.graph(), remote.orElseThrow().sites().count());
    }

    /// Continues a prompt here, and has the sequence proved by others.
    private Proof proveElsewhere(int[] prompt, int count, IntConsumer each) {
        Generator generator = engine.generator(key.verifyingKey().spec(), key);
        MemoryPlan plan = coordinatorPlan(key.verifyingKey().spec().compile(anySequence(prompt, count)));
        return withWholeKey(() -> {
            progress.phase("generate", count);
            try (Generation generation = generator.start(prompt, count, plan)) {
                Generation.Outline outline = generation.outline(progress, each);
                return proveElsewhere(generation.sequence(), outline, plan);
            }
        }, Optional.empty());
    }

    private Proof proveElsewhere(TokenSequence sequence, Circuit circuit) {
        MemoryPlan plan = coordinatorPlan(circuit);
        return withWholeKey(() -> {
            progress.phase("streams", 1);
            Generation.Outline outline = Generation.outline(engine.processor(), circuit, sequence, key, plan);
            progress.step();
            return proveElsewhere(sequence, outline, plan);
        }, Optional.empty());
    }

    /// The coordinator's part: a witness without memory, which fails when anybody touches it.
    private Proof proveElsewhere(TokenSequence sequence, Generation.Outline outline, MemoryPlan plan) {
        Host host = engine.processor();
        Circuit circuit = outline.circuit();
        TaskRunner runner = remote.orElseThrow().start(key.verifyingKey(), sequence, outline.streams());
        GraphProver.Rows rows = new GraphProver.Rows(0, circuit.rows().padded(), sequence.inputs());
        Proof proof = prove(sequence, circuit, host, plan, new Generation.Part(
                new Witness(circuit.graph(), key.of(circuit), new SpillStore(host.memory(), 0, null)), rows), runner);
        engine.computedOn(host);
        return proof;
    }

    /// What fails although the request is right may fail because the key is damaged, and then that is the message.
    /// What failed because the device did stays what it is.
    private Proof withWholeKey(Supplier<Proof> work, Optional<SharedPlace.Use> device) {
        try {
            return work.get();
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            if (device.flatMap(use -> use.fault(e)).isPresent()) {
                throw e;
            }
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
        return prove(sequence, engine.host(), plan);
    }

    private Proof prove(TokenSequence sequence, Host host, MemoryPlan plan) {
        Circuit circuit = key.verifyingKey().spec().compile(sequence);
        return prove(sequence, circuit, host, plan, Generation.nothing(host, circuit, sequence, key, plan));
    }

    private Proof prove(TokenSequence sequence, Circuit circuit, Host host, MemoryPlan plan, Generation.Part part) {
        return prove(sequence, circuit, host, plan, part, TaskRunner.LOCAL);
    }

    private Proof prove(TokenSequence sequence, Circuit circuit, Host host, MemoryPlan plan, Generation.Part part,
            TaskRunner runner) {
        VerifyingKey vk = key.verifyingKey();
        try (Witness witness = part.witness(); MatrixCommitment weights = key.commitment(host)) {
            GraphProver prover = new GraphProver(host, circuit.graph(), vk.parameters(), weights, plan,
                    ProverOptions.CHECKED, progress, runner);
            byte[] stream = prover.prove(Verifier.publicInput(vk, sequence, binding), witness, part.lacking());
            progress.end();
            Proof proof = new Proof(vk.digest(), sequence, binding, stream);
            verify(proof);
            return proof;
        }
    }

    private void verify(Proof proof) {
        if (!(new Verifier(key.verifyingKey()).verify(proof.encode()) instanceof Verdict.Rejected r)) {
            return;
        }
        if (remote.isPresent()) {
            throw new IllegalStateException("a site has answered wrong, task "
                    + (r.check().equals("open/batch") ? "head sums or fold" : "chunk or columns")
                    + ": the proof does not verify (" + r.check() + ")");
        }
        throw new IllegalStateException("the proof made with " + key.file() + " does not verify (" + r.check()
                + "), although the key file is not damaged: a fault of this machine's memory or of this program");
    }
}
