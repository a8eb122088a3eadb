package dev.chagres.prove.run;

import dev.chagres.field.QM31;
import dev.chagres.graph.Graph;
import dev.chagres.graph.SectionReduction;
import dev.chagres.graph.SectionReduction.Fraction;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.prove.commit.Grinding;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.OpeningProver;
import dev.chagres.prove.commit.OpeningProver.Commitments;
import dev.chagres.prove.commit.PassParts;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.OpeningPasses;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.stage.TableCounts;
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
/// owns the transcript. Where the runner has sites, they own the tensors and evaluate them ([Owners]): a stage is one
/// node for each of them, which only waits. Else the coordinator has the tensors, and every task is a node.
final class ProofTasks {
    private final TaskGraph tasks;
    private final TaskContext site;
    private final MemoryPlan plan;
    private final TaskRunner runner;
    private final Progress progress;
    private final TaskNeeds needs;
    private final Graph graph;
    /// Of the tensors; null where the coordinator has them.
    private final Owners owners;
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
        this.owners = runner.sites() == 0 ? null : new Owners(site, runner.sites());
    }

    private <R> R run(ProofTask<R> task) {
        return runner.run(task, site);
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
        List<Node<List<SectionProof>>> sections = sections(draw);
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
            last.add(owners == null ? evaluateAndCount(r, begin) : count(begin));
        });
        return tasks.add("settle", Needs.LITTLE, last, _ -> {
            site.endEvaluation();
            site.witness().store().budget(plan.whileProving());
            progress.phase("commit", MatrixCommitment.steps(site.layout()));
            return true;
        });
    }

    /// @return the task after which all multiplicities are there
    private Node<Boolean> evaluateAndCount(GraphProver.Rows rows, Node<Boolean> begin) {
        Node<Boolean> evaluated = begin;
        Node<Boolean> counted = begin;
        for (int i = 0; i < graph.sections().size(); i++) {
            evaluated = evaluate(i, rows, evaluated);
            counted = count(i, evaluated, counted);
        }
        return tasks.add("multiplicities", Needs.LITTLE, List.of(counted), _ -> {
            site.endCounting();
            return true;
        });
    }

    private Node<Boolean> evaluate(int section, GraphProver.Rows rows, Node<Boolean> before) {
        return tasks.add("evaluate " + name(section), needs.evaluate(), List.of(before), (_) -> {
            site.evaluation(rows.tokens()).section(section, rows.from(), rows.to());
            progress.step();
            return true;
        });
    }

    /// The owners evaluate what they count.
    ///
    /// @return the task after which all multiplicities are there
    private Node<Boolean> count(Node<Boolean> begin) {
        List<Node<TableCounts>> counts = owners.sections().stream().map(part ->
                tasks.add("count at site " + part.site(), Needs.ELSEWHERE, List.of(begin), _ -> {
                    CountTask task = new CountTask(part.items());
                    TableCounts counted = runner.run(part.site(), List.of(task), site).getFirst();
                    steps(2 * part.items().size());
                    return counted;
                })).toList();
        return tasks.add("multiplicities", Needs.LITTLE, counts, in -> {
            TableCounts all = new TableCounts();
            counts.forEach(c -> all.add(in.of(c)));
            runner.counted(all, site);
            return true;
        });
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            progress.step();
        }
    }

    /// @param before the task that counts the section before
    private Node<Boolean> count(int section, Node<Boolean> evaluated, Node<Boolean> before) {
        return tasks.add("count " + name(section), Needs.wide(0), List.of(evaluated, before), _ -> {
            site.counting().section(section);
            progress.step();
            return true;
        });
    }

    private String name(int section) {
        return section == graph.sections().size() ? "tables" : graph.sections().get(section).name();
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
        if (to - from == 1 && owners != null) {
            return tasks.add("commit rows " + from, Needs.ELSEWHERE, List.of(witness), _ -> {
                Buffer state = runner.run(owners.chunk(from), List.of(new ChunkTask(from)), site).getFirst();
                int rows = Math.min(site.layout().rows() - from * RowHasher.CHUNK_ROWS, RowHasher.CHUNK_ROWS);
                steps((rows + RowHasher.BLOCK_ROWS - 1) / RowHasher.BLOCK_ROWS);
                return state;
            });
        }
        if (to - from == 1) {
            return tasks.add("commit rows " + from, needs.chunk(site.hasher()), List.of(witness), (_) ->
                    run(new ChunkTask(from)));
        }
        int middle = from + RowHasher.left(to - from);
        Node<Buffer> left = chunks(witness, from, middle);
        Node<Buffer> right = chunks(witness, middle, to);
        boolean root = to - from == site.hasher().chunks();
        return tasks.add("merge rows " + from, Needs.wide(0), List.of(left, right), (in) ->
                site.hasher().merge(in.of(left), in.of(right), root));
    }

    // --- sections ----------------------------------------------------------------------------------------------------

    /// What follows from the root.
    ///
    /// @param forks states of the transcripts of all sections, the tables last
    private record Draw(LookupChallenges challenges, List<byte[]> forks) {}

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

    /// Proofs of all sections in order, the tables last.
    private List<Node<List<SectionProof>>> sections(Node<Draw> draw) {
        if (owners != null) {
            return owners.sectionsAndTables().stream().map(part ->
                    tasks.add("prove at site " + part.site(), Needs.ELSEWHERE, List.of(draw), in -> {
                        Draw drawn = in.of(draw);
                        List<SectionTask> wanted = part.items().stream().map(section ->
                                new SectionTask(section, drawn.forks.get(section), drawn.challenges)).toList();
                        List<SectionProof> proofs = runner.run(part.site(), wanted, site);
                        List<SectionProof> verified = new ArrayList<>();
                        for (int i = 0; i < wanted.size(); i++) {
                            verified.add(SectionCheck.verified(wanted.get(i), proofs.get(i), part.site(), graph));
                            progress.step();
                        }
                        return verified;
                    })).toList();
        }
        List<Node<List<SectionProof>>> sections = new ArrayList<>();
        // The tree of the tables is the longest task, so it starts first.
        for (int i = graph.sections().size(); i >= 0; i--) {
            int section = i;
            sections.addFirst(tasks.add("prove " + name(i), needs.section(i), List.of(draw), (in) -> {
                Draw drawn = in.of(draw);
                SectionProof proof = run(new SectionTask(section, drawn.forks.get(section), drawn.challenges));
                progress.step();
                return List.of(proof);
            }));
        }
        return sections;
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
            throw new IllegalStateException("lookups and multiplicities do not balance"
                    + (owners == null ? "" : ": a site has counted or evaluated wrong"));
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
            ForkProof proof = run(new DeferredTask(state, before.left()));
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
                new Commitments(rows(in.of(commitment)), site.key().rows()));
        PassParts passes = owners == null ? passesHere() : new OwnedPasses(runner, site, owners.ranges());
        Node<byte[]> opening = OpeningProver.tasks(tasks, site.host(), channel, site.parameters(), site.space(), both,
                claims, passes, site.options().check(), progress::step);
        return tasks.add("proof", Needs.LITTLE, List.of(joined, opening, commitment), in -> {
            byte[] sent = in.of(opening);
            int before = in.of(joined).sent();
            ByteArrayOutputStream proof = new ByteArrayOutputStream();
            proof.writeBytes(in.of(joined).stream());
            proof.write(sent, before, sent.length - before);
            return proof.toByteArray();
        });
    }

    private PassParts passesHere() {
        OpeningPasses here = new OpeningPasses() {
            @Override
            public PassResult headSums(int range, List<Claim> claims, QM31 gamma) {
                return run(new HeadSumsTask(List.of(range), new ClaimBatch(claims, gamma)));
            }

            @Override
            public PassResult fold(int range, List<Claim> claims, QM31 gamma, QM31[] low) {
                return run(new FoldTask(range, new ClaimBatch(claims, gamma), low));
            }

            @Override
            public PassResult combine(int range, QM31[] row) {
                return run(new CombineTask(List.of(range), row));
            }
        };
        return PassParts.of(here, new RowRanges(site.space()).count());
    }

    /// The rows of the witness: where the coordinator has no tensors, their columns come from the owners.
    private CommittedRows rows(MatrixCommitment commitment) {
        return owners == null ? commitment.rows()
                : new OwnedRows(commitment.rows(), runner, site, owners.witnessRanges());
    }
}
