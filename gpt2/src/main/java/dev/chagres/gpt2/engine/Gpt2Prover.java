package dev.chagres.gpt2.engine;

import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.gpt2.graph.Sequence;
import dev.chagres.gpt2.key.ProvingKey;
import dev.chagres.gpt2.verify.Gpt2Verifier;
import dev.chagres.gpt2.verify.ProofFile;
import dev.chagres.graph.Graph;
import dev.chagres.prove.GraphProver;
import dev.chagres.prove.IntegerRun;
import dev.chagres.prove.Progress;
import dev.chagres.prove.ProverOptions;
import dev.chagres.prove.Witness;
import dev.chagres.prove.lookup.MultiplicityCounter;

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

    /// Proves that every generated id of the sequence is the greedy choice of the model.
    ///
    /// @throws IllegalArgumentException if the sequence does not fit the model
    /// @throws IllegalStateException if a generated id is not the greedy choice
    /// @throws dev.chagres.graph.DomainException if the residual stream leaves its domain
    public ProofFile prove(Sequence sequence) {
        Gpt2Graph compiled = Gpt2Graph.of(key.verifyingKey().spec(), sequence);
        Graph graph = compiled.graph();
        try (Witness witness = witness(compiled, graph, sequence)) {
            GraphProver prover = new GraphProver(graph, key.verifyingKey().parameters(), key.commitment(), threads,
                    ProverOptions.CHECKED, progress);
            byte[] stream = prover.prove(Gpt2Verifier.publicInput(key.verifyingKey(), sequence), witness);
            return new ProofFile(key.verifyingKey().digest(), sequence, stream);
        }
    }

    private Witness witness(Gpt2Graph compiled, Graph graph, Sequence sequence) {
        Witness witness = new Witness(graph, key::of);
        try {
            progress.phase("witness", 0);
            try (IntegerRun run = new IntegerRun(graph, witness, sequence.inputs(), threads)) {
                run.rows(0, compiled.rows().padded());
                run.finish();
            }
            progress.phase("count lookups", 0);
            MultiplicityCounter counter = new MultiplicityCounter(witness::of, witness::of);
            graph.sections().forEach(section -> counter.count(section.segments()));
            return witness;
        } catch (RuntimeException | Error e) {
            witness.close();
            throw e;
        }
    }
}
