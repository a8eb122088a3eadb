package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Section;
import dev.chagres.graph.op.ActivationIndex;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.GreedyChoice;
import dev.chagres.prove.stage.RowGeneration;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.WitnessData;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/// Rows that are generated on a device. Only activations are kept, and only as long as later operations read them:
/// nothing of the witness comes to the host, so a proof evaluates all of its rows, which takes a device less time than
/// bringing those of the prompt to the host and back. Of a row come to the host its logits and what operations ask for.
final class DeviceGeneration extends DeviceInference implements RowGeneration {
    private final MatrixProduct logits;
    /// Columns that are kept.
    private final Set<Column> activations = Collections.newSetFromMap(new IdentityHashMap<>());
    /// Whole activations of the prompt, by column.
    private final Map<Column, ScratchTensor> rows = new IdentityHashMap<>();
    /// One row of each activation, from the first draft on.
    private final Map<Column, ScratchTensor> drafts = new IdentityHashMap<>();
    private boolean draft;
    private int promptRows;

    /// @param logits the product whose rows are logits
    /// @param tokens token ids by row, filled in while the rows are evaluated
    /// @param cpu names what goes wrong
    DeviceGeneration(Graph graph, MatrixProduct logits, WitnessData witness, int[] tokens, DeviceSite site, Host host,
            Stages cpu) {
        super(graph, witness, tokens, site, host, cpu);
        this.logits = logits;
        graph.operations().forEach(o -> activations.addAll(o.activations()));
    }

    @Override
    public void prompt(int count, IntConsumer each) {
        promptRows = count;
        Graph graph = graph();
        for (int i = 0; i < graph.sections().size(); i++) {
            List<Operation> operations = graph.sections().get(i).operations();
            checked(count - 1, () -> {
                operations.forEach(o -> o.evaluate(this, 0, count));
                checkValues();
            });
            forget(i);
            each.accept(i + 1);
        }
    }

    /// Gives up the activations that nobody reads any more.
    ///
    /// @param done number of the section that was evaluated last
    private void forget(int done) {
        for (int i = 0; i <= done; i++) {
            if (!read(graph(), i, done + 1)) {
                for (Operation o : graph().sections().get(i).operations()) {
                    o.activations().stream().filter(c -> c != logits.input()).forEach(c -> drop(rows, c));
                }
            }
        }
    }

    /// Whether a section reads those of an earlier one.
    ///
    /// @param from number of the first section that may
    private static boolean read(Graph graph, int section, int from) {
        List<Section> sections = graph.sections();
        Set<Column> made = sections.get(section).operations().stream().flatMap(o -> o.columns().stream())
                .collect(Collectors.toSet());
        return sections.subList(from, sections.size()).stream().anyMatch(s ->
                s.inputs().stream().anyMatch(made::contains));
    }

    private static void drop(Map<Column, ScratchTensor> from, Column column) {
        ScratchTensor tensor = from.remove(column);
        if (tensor != null) {
            tensor.close();
        }
    }

    @Override
    public void draft(int row) {
        draft = true;
        rows.values().forEach(ScratchTensor::close);
        rows.clear();
        checked(row, () -> graph().operations().forEach(o -> o.evaluate(this, row, row + 1)));
    }

    @Override
    public int choice(int row) {
        int choice = GreedyChoice.of(this, logits, row);
        checked(row, this::checkValues);
        return choice;
    }

    @Override
    public boolean keepsPrompt() {
        return false;
    }

    /// Does a part of the evaluation.
    ///
    /// @param row the last one of the part
    private void checked(int row, Runnable part) {
        checked("row " + row, part, cpu -> {
            try (RowGeneration again = cpu.generation(graph(), logits, witness(), tokens())) {
                again.prompt(promptRows, _ -> { });
                for (int r = promptRows; r <= row; r++) {
                    again.draft(r);
                }
            }
        });
    }

    // --- tensors -------------------------------------------------------------------------------------------------

    @Override
    public IntTensor of(Column column) {
        if (column.tree() != Column.Tree.WITNESS) {
            return super.of(column);
        }
        if (!activations.contains(column)) {
            throw new IllegalStateException(column + " is no activation, and rows are generated");
        }
        return draft
                ? drafts.computeIfAbsent(column,
                        c -> new ScratchTensor(work(), ActivationIndex.channels(c.shape()), Integer.SIZE))
                : rows.computeIfAbsent(column, c -> new ScratchTensor(work(), c.shape().size(), c.bits()));
    }

    @Override
    public IntTensor of(VirtualTensor virtual) {
        throw new IllegalStateException(virtual.name() + " is no activation, and rows are generated");
    }

    @Override
    public boolean draft() {
        return draft;
    }

    @Override
    public boolean activationsOnly() {
        return true;
    }

    /// Most bytes of a generation beside those of an evaluation ([DeviceInference#bytes]), in which the logits of the
    /// head are more than those of one row: activations of a section and of those that
    /// it or a later one reads, or one row of all.
    static long activationBytes(Graph graph) {
        long most = 0;
        long row = 0;
        for (int i = 0; i < graph.sections().size(); i++) {
            long live = bytes(graph.sections().get(i));
            for (int s = 0; s < i; s++) {
                live += read(graph, s, i) ? bytes(graph.sections().get(s)) : 0;
            }
            most = Math.max(most, live);
            for (Operation o : graph.sections().get(i).operations()) {
                for (Column c : o.activations()) {
                    row += Device.regionBytes(Integer.BYTES * ActivationIndex.channels(c.shape()));
                }
            }
        }
        return Math.max(most, row);
    }

    private static long bytes(Section section) {
        return section.operations().stream().flatMap(o -> o.activations().stream())
                .mapToLong(c -> Device.regionBytes(c.shape().size() * (c.bits() / Byte.SIZE))).sum();
    }

    @Override
    public void close() {
        rows.values().forEach(ScratchTensor::close);
        rows.clear();
        drafts.values().forEach(ScratchTensor::close);
        drafts.clear();
        super.close();
    }
}
