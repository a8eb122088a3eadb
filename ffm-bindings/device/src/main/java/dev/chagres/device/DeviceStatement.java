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
import java.util.stream.IntStream;

/// The tables of a statement on a device: one ext array for every factor, over the variables that it depends on. The
/// body is a program that a kernel interprets for every position and every point of a round in one launch; a binding is
/// another one. A statement that is larger than a kernel's arguments has several of each.
final class DeviceStatement implements StatementRounds {
    private static final QM31 HALF = QM31.of(2).inv();

    private final DeviceWork work;
    /// Of the device, given back when this is closed.
    private final List<DeviceBuffer> owned = new ArrayList<>();
    /// How many.
    private final int factors;
    private final Operands operands;
    /// g(1) of the last round, if it was among its points.
    private QM31 one;

    /// What the kernels take.
    ///
    /// @param parts one for each program of the body
    /// @param runs all factors in their order, as many at a time as a kernel takes
    private record Operands(List<StatementOperands> parts, List<StatementOperands> runs) {}

    /// @param code the program's body
    /// @param data values of the columns
    /// @throws IllegalArgumentException if data and shapes do not fit
    DeviceStatement(StatementProgram program, StatementCode code, Function<Column, ? extends IntTensor> data,
            DeviceSite site) {
        this.work = site.work();
        this.factors = program.factors().size();
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
    private Operands tables(StatementProgram program, StatementCode code,
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
            return layout.operands(sent, all);
        } finally {
            fills.letGo();
        }
    }

    /// Most bytes of the tables of a statement.
    static long bytes(StatementProgram program, StatementCode code, Function<Column, ? extends IntTensor> data) {
        Upload upload = new Upload();
        Layout layout = Layout.of(program, code, new FactorFills(program, data, null, null, upload), upload);
        long few = 0;
        HeldBytes held = new HeldBytes();
        for (Factor factor : program.factors()) {
            if (factor instanceof ColumnFactor c) {
                IntTensor values = data.apply(c.column());
                held.add(values);
                few += FactorFills.few(values) ? Device.regionBytes(values.size() * (values.width() / Byte.SIZE)) : 0;
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
                + few + Math.max(making, values);
    }

    /// Where everything of a statement lies: its tables, and in the upload what describes them and the programs.
    private record Layout(Table[] tables, long elements, List<Code> parts, List<Code> runs) {
        static Layout of(StatementProgram program, StatementCode code, FactorFills fills, Upload upload) {
            List<Factor> factors = program.factors();
            Table[] tables = new Table[factors.size()];
            long elements = 0;
            for (int f = 0; f < tables.length; f++) {
                int[] order = FactorFills.order(factors.get(f), program.positions(factors.get(f)));
                tables[f] = new Table(elements, order, fills.of(factors.get(f)));
                elements += Memory.padded(tables[f].size());
            }
            List<Code> parts = code.parts().stream().map(p -> Code.of(p, tables, upload)).toList();
            List<Code> runs = new ArrayList<>();
            for (int from = 0; from < tables.length; from += StatementOperands.MOST_FACTORS) {
                int end = Math.min(tables.length, from + StatementOperands.MOST_FACTORS);
                int weight = program.weight() >= from && program.weight() < end ? program.weight() - from : -1;
                int[] run = IntStream.range(from, end).toArray();
                runs.add(Code.of(new StatementCode.Part(run, new int[0], List.of(), weight), tables, upload));
            }
            return new Layout(tables, Math.max(Memory.BLOCK, elements), parts, runs);
        }

        Operands operands(DeviceBuffer sent, DeviceBuffer all) {
            return new Operands(parts.stream().map(c -> c.operands(sent, all, elements)).toList(),
                    runs.stream().map(c -> c.operands(sent, all, elements)).toList());
        }
    }

    /// A program, its constants and the factors that it knows, in the upload.
    private record Code(StatementCode.Part part, Upload.Region shapes, Upload.Region words, Upload.Region constants) {
        /// A kernel takes a factor at least: where none is used, there is one of which nothing is said.
        static Code of(StatementCode.Part part, Table[] tables, Upload upload) {
            int[] factors = part.factors();
            long bytes = (long) StatementOperands.FACTOR_BYTES * Math.max(1, factors.length);
            Upload.Region shapes = upload.add(bytes, to -> {
                for (int f = 0; f < factors.length; f++) {
                    Table table = tables[factors[f]];
                    StatementOperands.describe(to, f, table.first, table.variables());
                }
            });
            return new Code(part, shapes, upload.ints(part.words()), upload.elements(part.constants()));
        }

        StatementOperands operands(DeviceBuffer sent, DeviceBuffer all, long elements) {
            return new StatementOperands(all, elements, shapes.of(sent), Math.max(1, part.factors().length),
                    words.of(sent), part.words().length, constants.of(sent), part.constants().size(), part.weight());
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
        QM31[] result = new QM31[points.length];
        Arrays.fill(result, QM31.ZERO);
        for (StatementOperands part : operands.parts) {
            for (int k = 0; k < points.length; k += StatementOperands.MOST_POINTS) {
                int end = Math.min(points.length, k + StatementOperands.MOST_POINTS);
                QM31[] sums = work.kernels().statement().sumRound(part, variable, Arrays.copyOfRange(points, k, end));
                for (int i = 0; i < sums.length; i++) {
                    result[k + i] = result[k + i].add(sums[i]);
                }
            }
        }
        return result;
    }

    @Override
    public QM31 atOne(int variable) {
        return one != null ? one : sums(variable, 1)[0];
    }

    @Override
    public void bind(int variable, QM31 r) {
        operands.runs.forEach(run -> work.kernels().statement().bindFactors(run, variable, r));
    }

    @Override
    public QM31[][] values(int variables) {
        int n = 1 << variables;
        long count = (long) factors * n;
        if (count == 0) {
            return new QM31[0][];
        }
        DeviceBuffer buffer = work.allocate(Memory.extBytes(count));
        try (Arena arena = Arena.ofConfined()) {
            long first = 0;
            for (StatementOperands run : operands.runs) {
                long size = (long) run.count() * n;
                work.kernels().statement().factorValues(run, variables,
                        buffer.slice(first * Memory.EXT_BYTES, Memory.extBytes(size)));
                first += size;
            }
            long seen = Memory.allocateExt(arena, count);
            work.stream().out(Memory.ALL.asSlice(seen, Memory.extBytes(count)), buffer);
            QM31[][] result = new QM31[factors][n];
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
