package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.ffm.TreeProgram;
import dev.chagres.ffm.TreeSegment;
import dev.chagres.ffm.TreeTerm;
import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.TensorView;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// The leaves of a tree as a program of a device: the tensors that they are made of are held there, and where their
/// tiles begin is uploaded.
///
/// Columns of tables that follow from the number of the entry by bits of it are computed on the device; the few others
/// are short and are uploaded as integers.
final class DeviceLeaves implements AutoCloseable {
    /// Bits of an entry number, and of where digits of it begin.
    private static final int MOST_BITS = 62;

    /// Brings a tensor to the device and keeps it there.
    private final Function<IntTensor, Resident> holder;
    private final DeviceWork work;
    private final LeafUpload upload = new LeafUpload();
    private final List<Resident> held = new ArrayList<>();
    private final List<DeviceBuffer> memory = new ArrayList<>();
    private TreeProgram program;
    /// Of the upload, once it was sent.
    private DeviceBuffer arrays;

    private DeviceLeaves(Function<IntTensor, Resident> holder, DeviceWork work) {
        this.holder = holder;
        this.work = work;
    }

    /// Most bytes of a program's leaves.
    static long bytes(LeafProgram program) {
        HeldBytes held = new HeldBytes();
        DeviceLeaves leaves = new DeviceLeaves(tensor -> {
            held.add(tensor);
            return null;
        }, null);
        leaves.parts(program);
        long segments = switch (program) {
            case LeafProgram.Lookups l ->
                TreeProgram.bytes(l.segments().size(), l.segments().stream().mapToInt(s -> s.terms().size()).sum());
            case LeafProgram.Tables t ->
                TreeProgram.bytes(t.tables().size(), t.tables().stream().mapToInt(e -> e.keys().size()).sum());
        };
        return held.bytes() + Device.regionBytes(leaves.upload.bytes()) + Device.regionBytes(segments);
    }

    /// Brings a program to a device.
    ///
    /// @throws IllegalArgumentException if a tensor of it is not in memory of the host
    /// @throws dev.chagres.ffm.DeviceException if the device has no memory for it, or fails
    static DeviceLeaves of(LeafProgram program, DeviceTensors tensors, DeviceWork work) {
        DeviceLeaves leaves = new DeviceLeaves(tensor -> tensors.hold(tensor, work), work);
        try {
            leaves.make(program);
            return leaves;
        } catch (RuntimeException | Error e) {
            leaves.close();
            throw e;
        }
    }

    TreeProgram program() {
        return program;
    }

    private void make(LeafProgram leaves) {
        TreeLayout layout = leaves.layout();
        List<Supplier<TreeSegment>> parts = parts(leaves);
        arrays = upload.send(work);
        memory.add(arrays);
        List<TreeSegment> segments = parts.stream().map(Supplier::get).toList();
        DeviceBuffer room = work.allocate(TreeProgram.bytes(segments));
        memory.add(room);
        program = new TreeProgram(segments, layout.bits(), layout.stripBits(), layout.runBits(), room);
    }

    /// Holds the tensors and collects the upload; the segments can be had once it was sent.
    private List<Supplier<TreeSegment>> parts(LeafProgram leaves) {
        TreeLayout layout = leaves.layout();
        return switch (leaves) {
            case LeafProgram.Lookups l -> inOrder(layout, l.segments(), LeafProgram.Segment::shape, this::segment);
            case LeafProgram.Tables t -> inOrder(layout, t.tables(), LeafProgram.Entries::shape, this::entries);
        };
    }

    /// What has tiles, by their places.
    private static <T> List<Supplier<TreeSegment>> inOrder(TreeLayout layout, List<T> all, Function<T, Shape> shape,
            Function<T, Supplier<TreeSegment>> part) {
        record Placed<T>(T part, long place) {}
        List<Placed<T>> placed = new ArrayList<>();
        for (int s = 0; s < all.size(); s++) {
            if (shape.apply(all.get(s)).tileCount() > 0) {
                placed.add(new Placed<>(all.get(s), layout.place(s, 0)));
            }
        }
        placed.sort(Comparator.comparingLong(Placed::place));
        return placed.stream().map(p -> part.apply(p.part)).toList();
    }

    private Supplier<TreeSegment> segment(LeafProgram.Segment s) {
        List<Supplier<TreeTerm>> terms = new ArrayList<>();
        for (LeafProgram.Term t : s.terms()) {
            TensorView view = t.values();
            terms.add(values(t.weight(), hold(view.data()), view.starts(), view.inside()));
        }
        return () -> new TreeSegment(s.constant(), s.shape().tileCount(), s.shape().lowBits(), null, null, made(terms));
    }

    private Supplier<TreeSegment> entries(LeafProgram.Entries t) {
        Resident multiplicity = hold(t.multiplicity());
        LeafUpload.Slot starts = upload.add(t.starts());
        List<Supplier<TreeTerm>> terms = new ArrayList<>();
        for (LeafProgram.Key key : t.keys()) {
            terms.add(switch (key) {
                case LeafProgram.Stored k -> values(k.weight(), hold(k.data()), slots(t.shape()), null);
                case LeafProgram.Computed k -> computed(k, t);
            });
        }
        return () -> new TreeSegment(t.constant(), t.shape().tileCount(), t.shape().lowBits(), multiplicity.ints(),
                slice(starts), made(terms));
    }

    private Supplier<TreeTerm> computed(LeafProgram.Computed key, LeafProgram.Entries table) {
        QM31 weight = key.weight();
        if (key.column() instanceof TablePolynomial.Index(long base, int bits) && bits <= MOST_BITS) {
            return () -> new TreeTerm.Digits(weight, M31.embed(base), 0, bits);
        }
        if (key.column() instanceof TablePolynomial.Digit(int from, int bits) && from <= MOST_BITS
                && bits <= MOST_BITS) {
            return () -> new TreeTerm.Digits(weight, 0, from, bits);
        }
        Shape shape = table.shape();
        int[] values = new int[Math.toIntExact(shape.size())];
        for (int slot = 0; slot < values.length; slot++) {
            long inside = slot & (1L << shape.lowBits()) - 1;
            values[slot] = M31.embed(key.column().at(table.starts()[slot >>> shape.lowBits()] + inside));
        }
        LeafUpload.Slot data = upload.add(values);
        LeafUpload.Slot starts = upload.add(slots(shape));
        return () -> new TreeTerm.Values(weight, new DeviceInts(slice(data), Integer.SIZE), values.length,
                slice(starts), null);
    }

    /// First slots of the tiles.
    private static long[] slots(Shape shape) {
        long[] slots = new long[shape.tileCount()];
        Arrays.setAll(slots, t -> (long) t << shape.lowBits());
        return slots;
    }

    private Supplier<TreeTerm> values(QM31 weight, Resident data, long[] starts, int[] inside) {
        LeafUpload.Slot tiles = upload.add(starts);
        LeafUpload.Slot places = inside == null ? null : upload.add(inside);
        return () -> new TreeTerm.Values(weight, data.ints(), data.size(), slice(tiles),
                places == null ? null : slice(places));
    }

    private static List<TreeTerm> made(List<Supplier<TreeTerm>> terms) {
        return terms.stream().map(Supplier::get).toList();
    }

    private DeviceBuffer slice(LeafUpload.Slot slot) {
        return arrays.slice(slot.offset(), slot.bytes());
    }

    private Resident hold(IntTensor tensor) {
        Resident resident = holder.apply(tensor);
        held.add(resident);
        return resident;
    }

    /// Lets go of the tensors; the memory is free after the next wait for the stream.
    @Override
    public void close() {
        held.forEach(Resident::close);
        memory.forEach(work::release);
        memory.clear();
    }
}
