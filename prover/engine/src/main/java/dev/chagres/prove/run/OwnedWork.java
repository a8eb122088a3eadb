package dev.chagres.prove.run;

import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.PassParts;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.store.Buffer;
import dev.chagres.prove.task.Needs;
import dev.chagres.prove.task.TaskGraph;
import dev.chagres.prove.task.TaskGraph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Work on tensors that sites own and evaluate ([Owners]): a stage is one node for each site, which only waits. A site has
/// one call at a time, unless it takes over that of another one.
final class OwnedWork implements TensorWork {
    private final TaskGraph tasks;
    private final TaskContext site;
    private final TaskRunner runner;
    private final Progress progress;
    private final Owners owners;
    /// The last chunk so far of every site; its next one waits for that.
    private final Map<Integer, Node<Boolean>> turns = new HashMap<>();

    /// @param tasks receives the nodes
    /// @param site of the coordinator
    OwnedWork(TaskGraph tasks, TaskContext site, TaskRunner runner, Progress progress) {
        this.tasks = tasks;
        this.site = site;
        this.runner = runner;
        this.progress = progress;
        this.owners = new Owners(site.graph(), site.space(), site.witness(), runner.sites());
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            progress.step();
        }
    }

    /// The owners evaluate what they count.
    @Override
    public Node<Boolean> multiplicities(GraphProver.Rows rows, Node<Boolean> begin) {
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

    /// A site hashes its chunks one after another: each takes all its threads, and memory of its own.
    @Override
    public Node<Buffer> chunk(int chunk, Node<Boolean> witness) {
        int owner = owners.chunk(chunk);
        List<Node<?>> reads = new ArrayList<>(List.of(witness));
        if (turns.containsKey(owner)) {
            reads.add(turns.get(owner));
        }
        Node<Buffer> state = tasks.add("commit rows " + chunk, Needs.ELSEWHERE, reads, _ -> {
            Buffer answer = runner.run(owner, List.of(new ChunkTask(chunk)), site).getFirst();
            int rows = Math.min(site.layout().rows() - chunk * RowHasher.CHUNK_ROWS, RowHasher.CHUNK_ROWS);
            steps((rows + RowHasher.BLOCK_ROWS - 1) / RowHasher.BLOCK_ROWS);
            return answer;
        });
        turns.put(owner, tasks.add("rows " + chunk + " are there", Needs.LITTLE, List.of(state), _ -> true));
        return state;
    }

    @Override
    public List<Node<List<SectionProof>>> sections(Node<Draw> draw) {
        return owners.sectionsAndTables().stream().map(part ->
                tasks.add("prove at site " + part.site(), Needs.ELSEWHERE, List.of(draw), in -> {
                    List<SectionTask> wanted = part.items().stream().map(in.of(draw)::task).toList();
                    List<SectionProof> proofs = runner.run(part.site(), wanted, site);
                    List<SectionProof> verified = new ArrayList<>();
                    for (int i = 0; i < wanted.size(); i++) {
                        verified.add(SectionCheck.verified(wanted.get(i), proofs.get(i), part.site(), site.graph()));
                        progress.step();
                    }
                    return verified;
                })).toList();
    }

    @Override
    public IllegalStateException unbalanced() {
        return new IllegalStateException(
                "lookups and multiplicities do not balance: a site has counted or evaluated wrong");
    }

    @Override
    public PassParts passes() {
        return new OwnedPasses(runner, site, owners.ranges());
    }

    @Override
    public CommittedRows rows(MatrixCommitment commitment) {
        return new OwnedRows(commitment.rows(), runner, site, owners.witnessRanges());
    }
}
