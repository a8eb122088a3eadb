package dev.chagres.prove;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.graph.Graph;
import dev.chagres.graph.SectionReduction;
import dev.chagres.graph.SectionReduction.Fraction;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Segment;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.OpeningProver;
import dev.chagres.prove.commit.Parallel;
import dev.chagres.prove.commit.TileSource;
import dev.chagres.prove.profile.SectionEvent;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.verify.PublicInput;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Proves one run of a graph: commit to the witness, prove every section in its own fork, open everything once
/// (docs/protocol.md). The bytes depend on the witness and the key alone, not on the number of threads.
public final class GraphProver {
    private final Graph graph;
    private final CommitmentParameters parameters;
    private final MatrixCommitment key;
    private final int threads;
    private final MemoryPlan plan;
    private final ProverOptions options;
    private final Progress progress;
    private final FieldKernels kernels = Backends.current().field();

    /// @param key commitment of the key columns
    /// @param options [ProverOptions#CHECKED] unless a dishonest prover is being tested
    public GraphProver(Graph graph, CommitmentParameters parameters, MatrixCommitment key, int threads,
            ProverOptions options, Progress progress) {
        this(graph, parameters, key, threads, MemoryPlan.unlimited(threads), options, progress);
    }

    /// @param plan how the witness and the sections share the memory
    public GraphProver(Graph graph, CommitmentParameters parameters, MatrixCommitment key, int threads, MemoryPlan plan,
            ProverOptions options, Progress progress) {
        this.graph = graph;
        this.parameters = parameters;
        this.key = key;
        this.threads = threads;
        this.plan = plan;
        this.options = options;
        this.progress = progress;
    }

    /// Proves a complete witness, multiplicities included.
    ///
    /// @return the proof stream
    /// @throws IllegalStateException if the witness is not one of the graph
    public byte[] prove(PublicInput input, Witness witness) {
        Transcript transcript = Transcript.start(PublicInput.PROTOCOL);
        transcript.absorb("key", input.keyDigest());
        transcript.absorb("statement", input.statement());
        ProverChannel channel = new ProverChannel(transcript, options.interceptor());
        witness.store().budget(plan.whileProving());
        TileSource source = witness.source();
        List<Column> columns = graph.witnessColumns();
        MatrixLayout layout = MatrixLayout.of(columns, parameters.k());
        progress.phase("commit", MatrixCommitment.steps(layout));
        try (MatrixCommitment commitment = MatrixCommitment.commit(parameters, layout, source, threads, progress::step)) {
            channel.send("witness", commitment.root());
            channel.grind("lookup", parameters.lookupGrindingBits());
            LookupChallenges challenges = LookupChallenges.draw(channel);
            ByteArrayOutputStream proof = new ByteArrayOutputStream();
            proof.writeBytes(channel.bytes());
            List<Claim> claims = sections(channel, witness, challenges, proof);
            int before = channel.bytes().length;
            progress.phase("open", 0);
            MatrixCommitment weights = key.view(MatrixLayout.of(graph.keyColumns(), parameters.k()));
            OpeningProver.open(channel, parameters, commitment, weights, source, claims, threads, options.check());
            byte[] all = channel.bytes();
            proof.writeBytes(Arrays.copyOfRange(all, before, all.length));
            return proof.toByteArray();
        }
    }

    private SectionEvent event(int section) {
        return section == graph.sections().size()
                ? SectionEvent.start("tables", entries(graph.tables().stream().map(t -> t.multiplicity().shape())))
                : SectionEvent.start(graph.sections().get(section).name(),
                        entries(graph.sections().get(section).segments().stream().map(Segment::shape)));
    }

    private static long entries(Stream<Shape> shapes) {
        return shapes.mapToLong(Shape::size).sum();
    }

    /// Proves all sections and the tables, appends their streams in order and joins the forks.
    private List<Claim> sections(ProverChannel channel, Witness witness, LookupChallenges challenges,
            ByteArrayOutputStream proof) {
        int sections = graph.sections().size();
        List<ProverChannel> forks = new ArrayList<>();
        List<List<Claim>> claims = new ArrayList<>();
        Fraction[] fractions = new Fraction[sections + 1];
        for (int i = 0; i <= sections; i++) {
            forks.add(new ProverChannel(channel.transcript().fork(i), options.interceptor()));
            claims.add(new ArrayList<>());
        }
        progress.phase("prove", sections + 1L);
        // The table tree is the longest task, so it starts first.
        int atOnce = plan.sectionsAtOnce();
        int inner = Math.max(1, threads / atOnce);
        new Parallel(atOnce).run(sections + 1, (worker, task) -> {
            int i = sections - task;
            ProverParty party = new ProverParty(forks.get(i), witness, kernels, options, claims.get(i),
                    new Parallel(inner));
            try (Witness.Use _ = witness.use(i, false); SectionEvent _ = event(i)) {
                fractions[i] = i == sections
                        ? SectionReduction.tables(party, graph.tables(), challenges)
                        : SectionReduction.lookups(party, graph.sections().get(i), challenges);
            } catch (Rejection e) {
                throw new IllegalStateException("the prover rejected its own section " + i, e);
            }
            synchronized (progress) {
                progress.step();
            }
        });
        if (options.check() && !SectionReduction.balanced(List.of(fractions).subList(0, sections), fractions[sections])) {
            throw new IllegalStateException("lookups and multiplicities do not balance");
        }
        for (ProverChannel fork : forks) {
            proof.writeBytes(fork.bytes());
            channel.absorb("fork", fork.transcript().state());
        }
        return claims.stream().flatMap(List::stream).toList();
    }
}
