package dev.chagres.prove.run;

import dev.chagres.field.QM31;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.PassParts;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.OpeningPasses;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.store.Buffer;
import dev.chagres.prove.task.Needs;
import dev.chagres.prove.task.TaskGraph;
import dev.chagres.prove.task.TaskGraph.Node;
import dev.chagres.tensor.Claim;
import java.util.ArrayList;
import java.util.List;

/// Work on tensors that the coordinator has: every task is a node of its own.
///
/// @param tasks receives the nodes
/// @param site of the coordinator
record LocalWork(TaskGraph tasks, TaskContext site, TaskRunner runner, TaskNeeds needs, Progress progress)
        implements TensorWork {
    private <R> R run(ProofTask<R> task) {
        return runner.run(task, site);
    }

    private int sections() {
        return site.graph().sections().size();
    }

    private String name(int section) {
        return section == sections() ? "tables" : site.graph().sections().get(section).name();
    }

    @Override
    public Node<Boolean> multiplicities(GraphProver.Rows rows, Node<Boolean> begin) {
        Node<Boolean> evaluated = begin;
        Node<Boolean> counted = begin;
        for (int i = 0; i < sections(); i++) {
            evaluated = evaluate(i, rows, evaluated);
            counted = count(i, evaluated, counted);
        }
        return tasks.add("multiplicities", Needs.LITTLE, List.of(counted), _ -> {
            site.endCounting();
            return true;
        });
    }

    private Node<Boolean> evaluate(int section, GraphProver.Rows rows, Node<Boolean> before) {
        return tasks.add("evaluate " + name(section), needs.evaluate(), List.of(before), _ -> {
            site.evaluation(rows.tokens()).section(section, rows.from(), rows.to());
            progress.step();
            return true;
        });
    }

    /// @param before the task that counts the section before
    private Node<Boolean> count(int section, Node<Boolean> evaluated, Node<Boolean> before) {
        return tasks.add("count " + name(section), Needs.wide(0), List.of(evaluated, before), _ -> {
            site.counting().section(section);
            progress.step();
            return true;
        });
    }

    @Override
    public Node<Buffer> chunk(int chunk, Node<Boolean> witness) {
        return tasks.add("commit rows " + chunk, needs.chunk(site.hasher()), List.of(witness), _ ->
                run(new ChunkTask(chunk)));
    }

    @Override
    public List<Node<List<SectionProof>>> sections(Node<Draw> draw) {
        List<Node<List<SectionProof>>> sections = new ArrayList<>();
        // The tree of the tables is the longest task, so it starts first.
        for (int i = sections(); i >= 0; i--) {
            int section = i;
            sections.addFirst(tasks.add("prove " + name(i), needs.section(i), List.of(draw), in -> {
                SectionProof proof = run(in.of(draw).task(section));
                progress.step();
                return List.of(proof);
            }));
        }
        return sections;
    }

    @Override
    public IllegalStateException unbalanced() {
        return new IllegalStateException("lookups and multiplicities do not balance");
    }

    @Override
    public PassParts passes() {
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

    @Override
    public CommittedRows rows(MatrixCommitment commitment) {
        return commitment.rows();
    }
}
