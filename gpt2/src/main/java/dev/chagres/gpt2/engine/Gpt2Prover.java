package dev.chagres.gpt2.engine;

import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.gpt2.graph.Sequence;
import dev.chagres.gpt2.key.ProvingKey;
import dev.chagres.gpt2.verify.Gpt2Verifier;
import dev.chagres.gpt2.verify.ProofFile;
import dev.chagres.graph.Graph;
import dev.chagres.prove.GraphProver;
import dev.chagres.prove.Progress;
import dev.chagres.prove.ProverOptions;
import dev.chagres.prove.Witness;
import dev.chagres.prove.lookup.MultiplicityCounter;
import java.util.function.Function;
import java.util.function.IntConsumer;

/// Proves sequences with one proving key.
public final class Gpt2Prover {
    private final ProvingKey key;
    private final int threads;
    private final Progress progress;

    public Gpt2Prover(ProvingKey key, int threads, Progress progress) {
        this.key = key;
        this.threads = threads;
        this.progress = progress;
    }

    /// Continues a prompt as [Generator#generate(int\[\], int, IntConsumer)] does and proves the whole sequence; its integers are computed once.
    ///
    /// @param each called with every generated id
    /// @throws IllegalArgumentException if the sequence does not fit the model
    /// @throws dev.chagres.graph.DomainException if the residual stream leaves its domain
    public ProofFile generateAndProve(int[] prompt, int count, IntConsumer each) {
        progress.phase("generate", count);
        try (Generation generation = new Generator(key.verifyingKey().spec(), key, threads).start(prompt, count)) {
            generation.run(id -> {
                each.accept(id);
                progress.step();
            });
            Sequence sequence = generation.sequence();
            return prove(sequence, compiled -> generation.witness(compiled, sequence));
        }
    }

    /// Proves that every generated id of the sequence is the greedy choice of the model.
    ///
    /// @throws IllegalArgumentException if the sequence does not fit the model
    /// @throws IllegalStateException if a generated id is not the greedy choice
    /// @throws dev.chagres.graph.DomainException if the residual stream leaves its domain
    public ProofFile prove(Sequence sequence) {
        return prove(sequence, compiled -> Generation.witness(new Witness(compiled.graph(), key::of), compiled, sequence, 0, threads));
    }

    private ProofFile prove(Sequence sequence, Function<Gpt2Graph, Witness> evaluation) {
        Gpt2Graph compiled = Gpt2Graph.of(key.verifyingKey().spec(), sequence);
        Graph graph = compiled.graph();
        progress.phase("witness", 0);
        try (Witness witness = evaluation.apply(compiled)) {
            progress.phase("count lookups", 0);
            MultiplicityCounter counter = new MultiplicityCounter(witness::of, witness::of);
            graph.sections().forEach(section -> counter.count(section.segments()));
            GraphProver prover = new GraphProver(graph, key.verifyingKey().parameters(), key.commitment(), threads,
                    ProverOptions.CHECKED, progress);
            byte[] stream = prover.prove(Gpt2Verifier.publicInput(key.verifyingKey(), sequence), witness);
            return new ProofFile(key.verifyingKey().digest(), sequence, stream);
        }
    }
}
