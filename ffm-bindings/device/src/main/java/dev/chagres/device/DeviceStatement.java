package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.StatementOperands;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.Factor;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.prove.stage.StatementRounds;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// The tables of a statement on a device: one ext array for every factor, over the variables that it depends on. The
/// body is a program that a kernel interprets for every position and every point of a round in one launch; a binding is
/// another one.
final class DeviceStatement implements StatementRounds {
    private static final QM31 HALF = QM31.of(2).inv();

    private final DeviceWork work;
    /// Of the device, given back when this is closed.
    private final List<DeviceBuffer> owned = new ArrayList<>();
    private final StatementOperands operands;
    /// g(1) of the last round, if it was among its points.
    private QM31 one;

    /// @param code the program's body
    /// @param data values of the columns
    /// @throws IllegalArgumentException if data and shapes do not fit
    DeviceStatement(StatementProgram program, StatementCode code, Function<Column, ? extends IntTensor> data,
            DeviceSite site) {
        this.work = site.work();
        try {
            this.operands = tables(program, code, data, site.tensors());
            work.sync();
        } catch (RuntimeException | Error e) {
            Closing.after(e, this::close);
            throw e;
        }
    }

    private DeviceBuffer own(DeviceBuffer buffer) {
        owned.add(buffer);
        return buffer;
    }

    /// Makes all tables.
    private StatementOperands tables(StatementProgram program, StatementCode code,
            Function<Column, ? extends IntTensor> data, DeviceTensors tensors) {
        Upload upload = new Upload();
        FactorFills fills = new FactorFills(program, data, tensors, work, upload);
        try {
            Layout layout = Layout.of(program, code, fills, upload);
            DeviceBuffer sent = own(upload.send(work));
            DeviceBuffer all = own(work.allocate(Memory.extBytes(layout.elements)));
            for (Table t : layout.tables) {
                t.make(work, sent, all);
            }
            return new StatementOperands(all, layout.elements, layout.shapes.of(sent), layout.tables.length,
                    layout.body.of(sent), code.words().length, layout.constants.of(sent), code.constants().size(),
                    program.weight());
        } finally {
            fills.letGo();
        }
    }

    /// Most bytes of the tables of a statement.
    static long bytes(StatementProgram program, StatementCode code, Function<Column, ? extends IntTensor> data) {
        Upload upload = new Upload();
        Layout layout = Layout.of(program, code, new FactorFills(program, data, null, null, upload), upload);
        HeldBytes held = new HeldBytes();
        for (Factor factor : program.factors()) {
            if (factor instanceof ColumnFactor c) {
                held.add(data.apply(c.column()));
            }
        }
        // Once the tables are made, the values that are asked for take less than what has been held.
        long making = held.bytes();
        for (Table t : layout.tables) {
            making += t.scratchBytes();
        }
        int most = Math.min(program.statement().bits(), LayerRounds.SCALAR_BITS);
        long values = Device.regionBytes(Memory.extBytes((long) layout.tables.length << most));
        return Device.regionBytes(upload.bytes()) + Device.regionBytes(Memory.extBytes(layout.elements))
                + Math.max(making, values);
    }

    /// Where everything of a statement lies: its tables, and in the upload their shapes, the body and its constants.
    private record Layout(Table[] tables, long elements, Upload.Region shapes, Upload.Region body,
            Upload.Region constants) {
        static Layout of(StatementProgram program, StatementCode code, FactorFills fills, Upload upload) {
            List<Factor> factors = program.factors();
            Table[] tables = new Table[factors.size()];
            long elements = 0;
            for (int f = 0; f < tables.length; f++) {
                int[] order = FactorFills.order(factors.get(f), program.positions(factors.get(f)));
                tables[f] = new Table(elements, order, fills.of(factors.get(f)));
                elements += Memory.padded(tables[f].size());
            }
            Upload.Region shapes = upload.add((long) StatementOperands.FACTOR_BYTES * tables.length, to -> {
                for (int f = 0; f < tables.length; f++) {
                    StatementOperands.describe(to, f, tables[f].first, tables[f].variables());
                }
            });
            Upload.Region body = upload.ints(code.words());
            return new Layout(tables, elements, shapes, body, upload.elements(code.constants()));
        }
    }

    /// The place of a factor's table, and how it is made.
    private record Table(long first, int[] order, FactorFills.Fill fill) {
        int variables() {
            return Arrays.stream(order).map(p -> 1 << p).sum();
        }

        int stored() {
            return StatementOperands.stored(variables());
        }

        long size() {
            return 1L << Integer.bitCount(stored());
        }

        /// For each variable of the table, which one of the factor it is; -1 where there is none.
        int[] from() {
            int[] from = new int[Integer.bitCount(stored())];
            Arrays.fill(from, -1);
            for (int k = 0; k < order.length; k++) {
                from[Integer.bitCount(stored() & (1 << order[k]) - 1)] = k;
            }
            return from;
        }

        /// Whether the table has the factor's variables in their order.
        boolean inPlace() {
            int[] from = from();
            boolean same = from.length == order.length;
            for (int j = 0; j < from.length; j++) {
                same &= from[j] == j;
            }
            return same;
        }

        long scratchBytes() {
            return fill.scratchBytes() + (inPlace() ? 0 : Device.regionBytes(Memory.extBytes(1L << order.length)));
        }

        /// Makes it in place, or with its variables in another order first.
        void make(DeviceWork work, DeviceBuffer sent, DeviceBuffer all) {
            DeviceBuffer dst = all.slice(first * Memory.EXT_BYTES, Memory.extBytes(size()));
            if (inPlace()) {
                fill.into(sent, dst);
                return;
            }
            DeviceBuffer scratch = work.allocate(Memory.extBytes(1L << order.length));
            try {
                fill.into(sent, scratch);
                work.kernels().statement().spreadTable(dst, scratch, from());
            } finally {
                work.release(scratch);
            }
        }
    }

    @Override
    public QM31[] round(int variable, int degree) {
        if (degree <= 1) {
            one = null;
            return new QM31[] {sums(variable, 0)[0], QM31.ZERO};
        }
        if (degree == 2) {
            QM31[] g = sums(variable, 0, 1, 2);
            one = g[1];
            return new QM31[] {g[0], g[0].add(g[2]).mul(HALF).sub(g[1])};
        }
        one = null;
        int[] points = new int[degree];
        for (int k = 1; k < degree; k++) {
            points[k] = k + 1;
        }
        return sums(variable, points);
    }

    private QM31[] sums(int variable, int... points) {
        List<QM31> result = new ArrayList<>();
        for (int k = 0; k < points.length; k += StatementOperands.MOST_POINTS) {
            int end = Math.min(points.length, k + StatementOperands.MOST_POINTS);
            result.addAll(Arrays.asList(work.kernels().statement().sumRound(operands, variable,
                    Arrays.copyOfRange(points, k, end))));
        }
        return result.toArray(QM31[]::new);
    }

    @Override
    public QM31 atOne(int variable) {
        return one != null ? one : sums(variable, 1)[0];
    }

    @Override
    public void bind(int variable, QM31 r) {
        work.kernels().statement().bindFactors(operands, variable, r);
    }

    @Override
    public QM31[][] values(int variables) {
        int n = 1 << variables;
        long count = (long) operands.count() * n;
        DeviceBuffer buffer = work.allocate(Memory.extBytes(count));
        try (Arena arena = Arena.ofConfined()) {
            work.kernels().statement().factorValues(operands, variables, buffer);
            long seen = Memory.allocateExt(arena, count);
            work.stream().out(Memory.ALL.asSlice(seen, Memory.extBytes(count)), buffer);
            QM31[][] result = new QM31[operands.count()][n];
            for (int i = 0; i < count; i++) {
                result[i / n][i % n] = Memory.getExt(seen, i);
            }
            return result;
        } finally {
            work.release(buffer);
        }
    }

    @Override
    public void close() {
        owned.forEach(work::release);
        owned.clear();
        work.close();
    }
}
