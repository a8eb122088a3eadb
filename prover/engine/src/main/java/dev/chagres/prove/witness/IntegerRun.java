package dev.chagres.prove.witness;

import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.op.ActivationIndex;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.SectionEvaluation;
import dev.chagres.prove.stage.WitnessData;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// One run of the integer program: inference and witness generation are the same evaluation, row by row or many rows at
/// once, over tensors in memory of the host. Owns the memory of its tasks until closed.
public final class IntegerRun implements Evaluation, SectionEvaluation {
    private final Graph graph;
    private final WitnessData witness;
    private final int[] tokens;
    private final Host host;
    private final MemoryScope scope;
    /// One for each thread.
    private final TaskMemory[] memories;
    private final ProductRun products;
    private final Map<Object, Object> states = new IdentityHashMap<>();
    /// One row of every column in [Operation#activations()], made when a row is drafted for the first time.
    private final Map<Column, HostTensor> drafts = new IdentityHashMap<>();
    private boolean draft;

    /// @param tokens token ids by row; may be filled in while the run proceeds; rows past its end carry token 0
    public IntegerRun(Graph graph, WitnessData witness, int[] tokens, Host host) {
        this.graph = graph;
        this.witness = witness;
        this.tokens = tokens;
        this.host = host;
        this.scope = host.scope();
        Backend kernels = host.kernels();
        this.memories = new TaskMemory[host.threads()];
        Arrays.setAll(memories, i -> new TaskMemory(scope, kernels.integer(), kernels.panel()));
        this.products = new ProductRun(this, scope, kernels.panel());
    }

    /// Evaluates rows [from, to) of every operation.
    ///
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    public void rows(int from, int to) {
        rows(from, to, _ -> { });
    }

    /// Evaluates rows [from, to) of every operation, section by section.
    ///
    /// @param each called after every section with the number of those that are done
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    public void rows(int from, int to, IntConsumer each) {
        draft = false;
        for (int i = 0; i < graph.sections().size(); i++) {
            forSection(i, o -> o.evaluate(this, from, to));
            each.accept(i + 1);
        }
    }

    /// Evaluates a row for its token alone and leaves the witness as it is; all earlier rows have been evaluated or
    /// drafted. Products asked for afterwards are those of the draft.
    ///
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    public void draft(int row) {
        if (drafts.isEmpty()) {
            graph.operations().forEach(o -> o.activations().forEach(c ->
                    drafts.put(c, allocate(ActivationIndex.channels(c.shape()), 32))));
        }
        draft = true;
        for (Operation o : graph.operations()) {
            o.evaluate(this, row, row + 1);
        }
    }

    /// Writes the row that was drafted last to columns of the witness that are in use.
    ///
    /// @param columns activations
    public void keep(List<Column> columns, int row) {
        for (Column column : columns) {
            HostTensor drafted = drafts.get(column);
            IntTensor whole = witness.of(column);
            ActivationIndex at = new ActivationIndex(column.shape());
            for (int c = 0; c < drafted.size(); c++) {
                whole.set(at.of(row, c), drafted.get(c));
            }
        }
    }

    @Override
    public void section(int section, int from, int to) {
        draft = false;
        forSection(section, o -> o.evaluate(this, from, to));
        forSection(section, o -> o.finish(this));
    }

    /// Completes what needs all rows.
    public void finish() {
        draft = false;
        for (int i = 0; i < graph.sections().size(); i++) {
            forSection(i, o -> o.finish(this));
        }
    }

    private void forSection(int section, Consumer<Operation> action) {
        try (WitnessData.Use _ = witness.use(section, true)) {
            graph.sections().get(section).operations().forEach(action);
        }
    }

    @Override
    public IntTensor of(Column column) {
        if (!draft || column.tree() != Column.Tree.WITNESS) {
            return witness.of(column);
        }
        HostTensor row = drafts.get(column);
        if (row == null) {
            throw new IllegalStateException(column + " has no draft: no operation names it as an activation");
        }
        return row;
    }

    @Override
    public IntTensor of(VirtualTensor virtual) {
        return witness.of(virtual);
    }

    @Override
    public boolean draft() {
        return draft;
    }

    @Override
    public int token(int row) {
        return row < tokens.length ? tokens[row] : 0;
    }

    @Override
    public void parallel(int tasks, Task task) {
        host.run(tasks, (worker, index) -> {
            TaskMemory memory = memories[worker];
            memory.reset();
            task.run(memory, index);
        });
    }

    @Override
    public void product(MatrixProduct product, int from, int to, Sink sink) {
        products.run(product, from, to, sink);
    }

    @Override
    @SuppressWarnings("unchecked") // a key is used with one type
    public <T> T state(Object key, Supplier<T> create) {
        Object state = states.get(key);
        if (state == null) {
            state = create.get();
            states.put(key, state);
        }
        return (T) state;
    }

    @Override
    public HostTensor allocate(long size, int width) {
        return new HostTensor(scope.segment(size * (width / 8)), width);
    }

    @Override
    public void close() {
        scope.close();
    }
}
