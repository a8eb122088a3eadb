package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.OneHotFactor;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.TableFactor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/// How the tables of a statement's factors come to be on a device. Arguments are added to an upload first; the tables
/// are made after it has been sent.
final class FactorFills {
    /// Most bytes of a column that goes with the arguments: there are hundreds of a few kilobytes in the statements
    /// after the join.
    private static final int FEW_BYTES = 1 << 14;

    /// Makes a table over a factor's variables in a certain order.
    interface Fill {
        /// @param sent the upload
        /// @param dst ext array of all entries
        void into(DeviceBuffer sent, DeviceBuffer dst);

        /// Bytes that it takes until the next wait, the tensors that it holds not included.
        default long scratchBytes() {
            return 0;
        }
    }

    private final StatementProgram program;
    private final Function<Column, ? extends IntTensor> data;
    private final DeviceTensors tensors;
    private final DeviceWork work;
    private final Upload upload;
    /// Let go of once the tables have been asked for.
    private final List<Resident> held = new ArrayList<>();

    FactorFills(StatementProgram program, Function<Column, ? extends IntTensor> data, DeviceTensors tensors,
            DeviceWork work, Upload upload) {
        this.program = program;
        this.data = data;
        this.tensors = tensors;
        this.work = work;
        this.upload = upload;
    }

    /// Whether a column goes with the arguments, if nobody else could use a copy of it.
    static boolean few(IntTensor values) {
        return values.size() * (values.width() / Byte.SIZE) <= FEW_BYTES;
    }

    /// The variables of a factor in the order of its table: bit k of an index stands for variable `order[k]`.
    static int[] order(Factor factor, int[] positions) {
        return factor instanceof ColumnFactor ? positions : Arrays.stream(positions).sorted().toArray();
    }

    /// How to make the table of a factor.
    ///
    /// @throws IllegalArgumentException if data and shapes do not fit
    Fill of(Factor factor) {
        int[] positions = program.positions(factor);
        int[] order = order(factor, positions);
        int[] bits = Arrays.stream(positions).map(p -> Arrays.binarySearch(order, p)).toArray();
        return switch (factor) {
            case EqFactor e -> eq(e, bits);
            case SparseFactor s -> {
                TreeMap<Integer, QM31> entries = new TreeMap<>();
                for (int i = 0; i < s.size(); i++) {
                    entries.merge(index(s.index(i), bits), s.weight(i), QM31::add);
                }
                yield entries(entries, bits.length);
            }
            case TableFactor t -> {
                TreeMap<Integer, QM31> entries = new TreeMap<>();
                for (int i = 0; i < t.size(); i++) {
                    entries.put(index(i, bits), t.value(i));
                }
                yield entries(entries, bits.length);
            }
            case OneHotFactor o -> oneHot(o, bits);
            case ColumnFactor c -> column(c);
        };
    }

    /// Lets go of all tensors.
    void letGo() {
        held.forEach(Resident::close);
        held.clear();
    }

    /// The index of a position whose bits are moved.
    private static int index(long position, int[] bits) {
        int result = 0;
        for (int k = 0; k < bits.length; k++) {
            result |= (int) (position >>> k & 1) << bits[k];
        }
        return result;
    }

    private Fill eq(EqFactor factor, int[] bits) {
        QM31[] point = new QM31[bits.length];
        for (int k = 0; k < bits.length; k++) {
            point[bits[k]] = factor.coordinate(k);
        }
        return (_, dst) -> work.kernels().field().eqTable(dst, point, QM31.ONE);
    }

    private Fill entries(TreeMap<Integer, QM31> entries, int variables) {
        Upload.Region index = upload.ints(entries.keySet().stream().mapToInt(Integer::intValue).toArray());
        Upload.Region values = upload.ext(List.copyOf(entries.values()));
        return (sent, dst) -> {
            work.stream().fill(dst, 0);
            work.kernels().statement().scatterExt(dst, 1L << variables, index.of(sent), values.of(sent),
                    entries.size());
        };
    }

    /// One entry for each row: the equality table of the rows, at the indices that the columns name.
    private Fill oneHot(OneHotFactor factor, int[] bits) {
        int rowBits = factor.rowBits();
        int[] entry = new int[1 << rowBits];
        for (int r = 0; r < entry.length; r++) {
            entry[r] = index(r, Arrays.copyOf(bits, rowBits));
        }
        for (int b = 0; b < factor.bits().size(); b++) {
            mark(entry, factor.bits().get(b), 1 << bits[rowBits + b]);
        }
        QM31[] at = new QM31[rowBits];
        Arrays.setAll(at, factor::coordinate);
        Upload.Region index = upload.ints(entry);
        return new Fill() {
            @Override
            public void into(DeviceBuffer sent, DeviceBuffer dst) {
                DeviceBuffer rows = work.allocate(Memory.extBytes(entry.length));
                try {
                    work.kernels().field().eqTable(rows, at, QM31.ONE);
                    work.stream().fill(dst, 0);
                    work.kernels().statement().scatterExt(dst, 1L << bits.length, index.of(sent), rows, entry.length);
                } finally {
                    work.release(rows);
                }
            }

            @Override
            public long scratchBytes() {
                return Device.regionBytes(Memory.extBytes(entry.length));
            }
        };
    }

    /// Sets a bit in the entries of those rows where a column is odd.
    private void mark(int[] entry, Column column, int bit) {
        IntTensor values = fitting(column);
        Shape shape = column.shape();
        int inTile = 1 << shape.lowBits();
        for (int t = 0; t < shape.tileCount(); t++) {
            int row = 0;
            int shift = shape.lowBits();
            for (int k = 0; k < shape.highAxes().size(); k++) {
                Axis a = shape.highAxes().get(k);
                row |= shape.tile(t)[k] << shift;
                shift += a.bits();
            }
            for (int x = 0; x < inTile; x++) {
                if ((values.get(((long) t << shape.lowBits()) + x) & 1) == 1) {
                    entry[row + x] |= bit;
                }
            }
        }
    }

    private Fill column(ColumnFactor factor) {
        IntTensor values = fitting(factor.column());
        ColumnBinding binding = ColumnBinding.of(factor, upload);
        Upload.Region own = few(values) && values instanceof HostTensor here && here.epoch().isEmpty()
                ? upload.bytes(here.data()) : null;
        return new Fill() {
            @Override
            public void into(DeviceBuffer sent, DeviceBuffer dst) {
                if (own != null) {
                    binding.bind(work, sent, new DeviceInts(own.of(sent), values.width()), values.size(), dst);
                } else {
                    held.add(tensors.hold(values, work));
                    binding.bind(work, sent, held.getLast().ints(), values.size(), dst);
                }
            }

            @Override
            public long scratchBytes() {
                return binding.scratchBytes();
            }
        };
    }

    private IntTensor fitting(Column column) {
        IntTensor values = data.apply(column);
        if (values.size() != column.shape().size()) {
            throw new IllegalArgumentException(
                    "column " + column + " has " + values.size() + " values instead of " + column.shape().size());
        }
        return values;
    }
}
