package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceException;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Section;
import dev.chagres.graph.op.ActivationIndex;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.SectionEvaluation;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.prove.stage.WitnessData;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One run of the integer program on a device: the operations of a section put their work into one stream, panel by
/// panel, and its tensors stay there when all of them are done, until somebody on the host asks for them.
///
/// Whatever goes wrong, a value outside its tensor, an index outside its table or a domain, is left to the processor:
/// it evaluates the section again and says what it was.
class DeviceInference implements Evaluation, SectionEvaluation {
    /// Most tensors that an operation asks for, to round their sizes.
    private static final int KEPT_TENSORS = 4;

    private final Graph graph;
    private final WitnessData witness;
    private final int[] tokens;
    private final DeviceSite site;
    private final Stages cpu;
    private final MemoryScope scope;
    private final DeviceWork work;
    private final DeviceRegions held;
    private final DeviceBuffer failed;
    private final PanelSpace space;
    /// Tensors that stay as they are, by column or virtual tensor; until the section is complete.
    private final Map<Object, FixedTensor> fixed = new IdentityHashMap<>();
    /// Tensors of the section, in the same way.
    private final Map<Object, MirroredTensor> tensors = new IdentityHashMap<>();
    private final List<MirroredTensor> allocated = new ArrayList<>();
    private final Map<Object, Object> states = new IdentityHashMap<>();
    /// Whether all rows of the section are evaluated: what its tensors have had is not read then.
    private boolean whole;

    /// @param tokens token ids by row; rows past its end carry token 0
    /// @param cpu names what goes wrong
    DeviceInference(Graph graph, WitnessData witness, int[] tokens, DeviceSite site, Host host, Stages cpu) {
        this.graph = graph;
        this.witness = witness;
        this.tokens = tokens;
        this.site = site;
        this.cpu = cpu;
        this.work = site.work();
        this.scope = host.scope();
        this.held = new DeviceRegions(work);
        try {
            this.failed = held.bytes(Long.BYTES);
            work.stream().fill(failed, 0);
            DeviceBuffer single = held.bytes(Long.BYTES);
            work.stream().fill(single, 0);
            this.space = new PanelSpace(work, failed, single, PanelSpace.bytes(graph));
        } catch (RuntimeException | Error e) {
            end();
            throw e;
        }
    }

    /// Most bytes of an evaluation beside those of its section: columns of the key, panels, what operations keep.
    static long bytes(Graph graph, TensorData data) {
        HeldBytes keys = new HeldBytes();
        graph.keyColumns().forEach(c -> keys.add(data.of(c)));
        graph.tables().stream().flatMap(t -> t.columns().stream()).forEach(c -> {
            if (c instanceof TablePolynomial.Stored stored) {
                keys.add(data.of(stored.column()));
            }
        });
        long kept = graph.operations().stream().mapToLong(o -> Device.regionBytes(o.allocatedBytes())
                + KEPT_TENSORS * Device.ALIGNMENT).sum();
        return keys.bytes() + 2 * Device.regionBytes(Long.BYTES) + Device.regionBytes(PanelSpace.bytes(graph)) + kept;
    }

    /// Most bytes of a section: its tensors, and those of other sections that it reads.
    static long sectionBytes(Graph graph, int section, TensorData data) {
        HeldBytes tensors = new HeldBytes();
        Section own = graph.sections().get(section);
        for (Operation operation : own.operations()) {
            List<Column> derived = operation.derived();
            operation.columns().stream().filter(c -> !derived.contains(c)).forEach(c -> tensors.add(data.of(c)));
        }
        own.segments().stream().flatMap(s -> s.components().stream()).forEach(c -> {
            if (c instanceof TupleComponent.Proved p) {
                tensors.add(data.of(p.virtual()));
            }
        });
        own.inputs().forEach(c -> tensors.add(data.of(c)));
        return tensors.bytes();
    }

    @Override
    public void section(int section, int from, int to) {
        checked("section " + graph.sections().get(section).name(), () -> complete(section, from, to), processor -> {
            try (SectionEvaluation again = processor.evaluation(graph, witness, tokens)) {
                again.section(section, from, to);
            }
        });
    }

    /// Does a part of the evaluation; what is wrong with it, and in which row, is for the processor to say.
    ///
    /// @param name of the part
    /// @param again does it with the processor's stages
    final void checked(String name, Runnable part, Consumer<Stages> again) {
        try {
            part.run();
        } catch (DeviceException e) {
            throw e;
        } catch (RuntimeException e) {
            again.accept(cpu);
            throw new IllegalStateException(
                    "the device " + site.name() + " refuses values of " + name + " that the processor takes", e);
        }
    }

    private void complete(int section, int from, int to) {
        try (WitnessData.Use use = witness.use(section, true)) {
            work.stream().fill(failed, 0);
            whole = from == 0;
            List<Operation> operations = graph.sections().get(section).operations();
            operations.forEach(o -> o.evaluate(this, from, to));
            operations.forEach(o -> o.finish(this));
            checkValues();
            use.settle();
            tensors.forEach(this::handOver);
        } finally {
            release();
        }
        work.sync(); // their memory is free for the next section
    }

    final DeviceWork work() {
        return work;
    }

    final Graph graph() {
        return graph;
    }

    final WitnessData witness() {
        return witness;
    }

    final int[] tokens() {
        return tokens;
    }

    private void handOver(Object name, MirroredTensor tensor) {
        IntTensor settled = name instanceof Column c ? witness.of(c) : witness.of((VirtualTensor) name);
        tensor.handOver(HostTensor.of(settled), site.tensors());
    }

    private void release() {
        tensors.values().forEach(MirroredTensor::close);
        tensors.clear();
        fixed.values().forEach(FixedTensor::close);
        fixed.clear();
    }

    /// Waits for what has been asked for.
    ///
    /// @throws IllegalStateException if a value did not fit its tensor, or was in no table
    final void checkValues() {
        MemorySegment seen = work.results().asSlice(0, Long.BYTES);
        work.stream().out(seen, failed);
        work.sync();
        if (seen.get(ValueLayout.JAVA_LONG, 0) != 0) {
            throw new IllegalStateException("a value does not fit its tensor, or is in no table");
        }
    }

    // --- tensors -------------------------------------------------------------------------------------------------

    @Override
    public IntTensor of(Column column) {
        IntTensor tensor = witness.of(column);
        if (tensor instanceof DerivedTensor) {
            return tensor;
        }
        HostTensor stored = HostTensor.of(tensor);
        return column.tree() == Column.Tree.WITNESS ? tensor(column, stored) : fixed(column, stored);
    }

    @Override
    public IntTensor of(VirtualTensor virtual) {
        return tensor(virtual, HostTensor.of(witness.of(virtual)));
    }

    /// Tensors of sections that are read have an epoch; those of the section have none while they are written.
    private RunTensor tensor(Object name, HostTensor tensor) {
        return tensor.epoch().isPresent() ? fixed(name, tensor)
                : tensors.computeIfAbsent(name, _ -> new MirroredTensor(tensor, work, whole));
    }

    private FixedTensor fixed(Object name, HostTensor tensor) {
        return fixed.computeIfAbsent(name, _ -> new FixedTensor(tensor, site, work));
    }

    @Override
    public IntTensor allocate(long size, int width) {
        MirroredTensor tensor = new MirroredTensor(
                new HostTensor(scope.segment(size * (width / 8)), width), work, true);
        allocated.add(tensor);
        return tensor;
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
    public boolean draft() {
        return false;
    }

    @Override
    public int token(int row) {
        return row < tokens.length ? tokens[row] : 0;
    }

    // --- work ----------------------------------------------------------------------------------------------------

    /// All rows of a block: a device has no use for small tasks.
    @Override
    public int rowsOfTask(int cached) {
        return 1 << RowBlocks.BLOCK_BITS;
    }

    /// All that there are, for the same reason.
    @Override
    public int groupsOfTask(int most) {
        return most;
    }

    /// All tasks go into one stream, one after another.
    @Override
    public void parallel(int tasks, Task task) {
        for (int index = 0; index < tasks; index++) {
            space.reset();
            task.run(space, index);
        }
    }

    /// A tile is all output channels of the rows of one block: one kernel, which cuts the input channels where rows are
    /// few. Sinks have panels of one block, so a product of several takes no more memory.
    @Override
    public void product(MatrixProduct product, int from, int to, Sink sink) {
        ActivationIndex at = ActivationIndex.of(this, product.input().shape());
        int side = 1 << at.rowBits();
        for (int start = from; start < to; ) {
            int end = Math.min(to, (start & -side) + side);
            space.reset();
            sink.accept(space, accumulators(product, at, start, end - start), 0, start);
            start = end;
        }
    }

    private DevicePanel accumulators(MatrixProduct product, ActivationIndex at, int row, int rows) {
        DevicePanel acc = space.panel(product.out().padded(), rows, 1);
        acc.spread(of(product.bias()));
        acc.addProduct(of(product.weight()), product.in(), product.out(), of(product.input()), at.of(row, 0),
                1L << at.rowBits());
        return acc;
    }

    @Override
    public void close() {
        space.close();
        end();
    }

    private void end() {
        allocated.forEach(MirroredTensor::close);
        release();
        held.close();
        try {
            work.close();
        } finally {
            scope.close();
        }
    }
}
