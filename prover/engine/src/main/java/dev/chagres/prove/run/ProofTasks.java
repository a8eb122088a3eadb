package dev.chagres.prove.run;

import dev.chagres.graph.Graph;
import dev.chagres.graph.SectionReduction;
import dev.chagres.graph.SectionReduction.Fraction;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.prove.commit.Grinding;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.OpeningProver;
import dev.chagres.prove.commit.OpeningProver.Commitments;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.TensorWork.Draw;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.store.Buffer;
import dev.chagres.prove.task.Needs;
import dev.chagres.prove.task.TaskGraph;
import dev.chagres.prove.task.TaskGraph.Node;
import dev.chagres.tensor.Claim;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Transcript;
import dev.chagres.verify.PublicInput;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The tasks of one proof: evaluate and count section after section, hash the committed rows chunk by chunk, prove the
/// sections, prove what they have left, open.
///
/// Work on tensors is a [ProofTask] and goes through the [TaskRunner]; what is left is done by the coordinator, which
/// owns the transcript. Who has the tensors is the affair of [TensorWork].
final class ProofTasks {
    private final TaskGraph tasks;
    private final TaskContext site;
    private final MemoryPlan plan;
    private final TaskRunner runner;
    private final Progress progress;
    private final TaskNeeds needs;
    private final Graph graph;
    private final TensorWork work;
    private ProverChannel channel;

    /// @param tasks receives the tasks
    /// @param site of the coordinator
    ProofTasks(TaskGraph tasks, TaskContext site, MemoryPlan plan, TaskRunner runner, Progress progress) {
        this.tasks = tasks;
        this.site = site;
        this.plan = plan;
        this.runner = runner;
        this.progress = progress;
        this.needs = new TaskNeeds(site.graph(), site.parameters(), site.host().threads(), plan.sectionsAtOnce());
        this.graph = site.graph();
        this.work = runner.sites() == 0 ? new LocalWork(tasks, site, runner, needs, progress)
                : new OwnedWork(tasks, site, runner, progress);
    }

    /// Adds all tasks of a proof.
    ///
    /// @param rows to evaluate, if the witness is not complete
    /// @return the task whose result is the proof stream
    Node<byte[]> prove(PublicInput input, Optional<GraphProver.Rows> rows) {
        Transcript transcript = Transcript.start(PublicInput.PROTOCOL);
        transcript.absorb("key", input.keyDigest());
        transcript.absorb("statement", input.statement());
        channel = new ProverChannel(transcript, site.options().interceptor());
        Node<MatrixCommitment> commitment = commit(witness(rows));
        Node<Draw> draw = tasks.add("draw", Needs.LITTLE, List.of(commitment), in -> draw(in.of(commitment)));
        List<Node<List<SectionProof>>> sections = work.sections(draw);
        Node<Joined> joined = tasks.add("join", Needs.LITTLE, sections, in ->
                join(sections.stream().flatMap(part -> in.of(part).stream()).toList()));
        return open(commitment, deferred(joined));
    }

    // --- integers ----------------------------------------------------------------------------------------------------

    /// @return the task after which all tensors are there
    private Node<Boolean> witness(Optional<GraphProver.Rows> rows) {
        List<Node<?>> last = new ArrayList<>();
        rows.ifPresent(r -> {
            Node<Boolean> begin = tasks.add("begin", Needs.LITTLE, List.of(), _ -> {
                progress.phase("witness", 2L * graph.sections().size());
                return true;
            });
            last.add(work.multiplicities(r, begin));
        });
        return tasks.add("settle", Needs.LITTLE, last, _ -> {
            site.endEvaluation();
            site.witness().store().budget(plan.whileProving());
            progress.phase("commit", MatrixCommitment.steps(site.layout()));
            return true;
        });
    }

    // --- commitment --------------------------------------------------------------------------------------------------

    private Node<MatrixCommitment> commit(Node<Boolean> witness) {
        RowHasher hasher = site.hasher();
        Node<Buffer> chaining = chunks(witness, 0, hasher.chunks());
        return tasks.add("tree", needs.tree(), List.of(chaining), (in) ->
                MatrixCommitment.of(site.parameters(), site.layout(), hasher, in.of(chaining), site.host()));
    }

    /// The chaining values of the chunks [from, to), merged as BLAKE3 does.
    private Node<Buffer> chunks(Node<Boolean> witness, int from, int to) {
        if (to - from == 1) {
            return work.chunk(from, witness);
        }
        int middle = from + RowHasher.left(to - from);
        Node<Buffer> left = chunks(witness, from, middle);
        Node<Buffer> right = chunks(witness, middle, to);
        boolean root = to - from == site.hasher().chunks();
        return tasks.add("merge rows " + from, Needs.wide(0), List.of(left, right), (in) ->
                site.hasher().merge(in.of(left), in.of(right), root));
    }

    // --- sections ----------------------------------------------------------------------------------------------------

    private Draw draw(MatrixCommitment commitment) {
        channel.send("witness", commitment.root());
        Grinding.grind(channel, "lookup", site.parameters().lookupGrindingBits(), site.stages());
        LookupChallenges challenges = LookupChallenges.draw(channel);
        List<byte[]> forks = new ArrayList<>();
        for (int i = 0; i <= graph.sections().size(); i++) {
            forks.add(channel.transcript().fork(i).state());
        }
        progress.phase("prove", graph.sections().size() + 2L);
        return new Draw(challenges, forks);
    }

    /// Forks that have come together again.
    ///
    /// @param stream everything so far
    /// @param sent bytes of it that are in the coordinator's channel
    /// @param claims so far
    /// @param left by the sections
    private record Joined(byte[] stream, int sent, List<Claim> claims, List<Deferral> left) {
        Joined with(ForkProof fork) {
            List<Claim> all = new ArrayList<>(claims);
            all.addAll(fork.claims());
            return new Joined(concatenate(stream, fork.stream()), sent, all, List.of());
        }
    }

    private static byte[] concatenate(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private Joined join(List<SectionProof> sections) {
        List<Fraction> fractions = sections.stream().map(SectionProof::fraction).toList();
        if (site.options().check() && !SectionReduction.balanced(fractions.subList(0, fractions.size() - 1),
                fractions.getLast())) {
            throw work.unbalanced();
        }
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        byte[] sent = channel.bytes();
        stream.writeBytes(sent);
        for (SectionProof section : sections) {
            stream.writeBytes(section.fork().stream());
            channel.absorb("fork", section.fork().state());
        }
        return new Joined(stream.toByteArray(), sent.length,
                sections.stream().flatMap(s -> s.fork().claims().stream()).toList(),
                sections.subList(0, sections.size() - 1).stream().map(SectionProof::left).toList());
    }

    /// What the sections have left, proved in a fork of the transcript that has absorbed all of theirs.
    private Node<Joined> deferred(Node<Joined> sections) {
        return tasks.add("prove deferred", needs.deferred(), List.of(sections), in -> {
            Joined before = in.of(sections);
            byte[] state = channel.transcript().fork(graph.sections().size() + 1).state();
            ForkProof proof = runner.run(new DeferredTask(state, before.left()), site);
            channel.absorb("fork", proof.state());
            progress.step();
            progress.phase("open", OpeningProver.steps(site.space()));
            return before.with(proof);
        });
    }

    // --- opening -----------------------------------------------------------------------------------------------------

    private Node<byte[]> open(Node<MatrixCommitment> commitment, Node<Joined> joined) {
        Node<List<Claim>> claims = tasks.add("claims", Needs.LITTLE, List.of(joined), in -> in.of(joined).claims());
        Node<Commitments> both = tasks.add("commitments", Needs.LITTLE, List.of(commitment, joined), in ->
                new Commitments(work.rows(in.of(commitment)), site.key().rows()));
        Node<byte[]> opening = OpeningProver.tasks(tasks, site.host(), channel, site.parameters(), site.space(), both,
                claims, work.passes(), site.options().check(), progress::step);
        return tasks.add("proof", Needs.LITTLE, List.of(joined, opening, commitment), in -> {
            byte[] sent = in.of(opening);
            int before = in.of(joined).sent();
            ByteArrayOutputStream proof = new ByteArrayOutputStream();
            proof.writeBytes(in.of(joined).stream());
            proof.write(sent, before, sent.length - before);
            return proof.toByteArray();
        });
    }
}
