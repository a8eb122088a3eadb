package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the kernels of statements make of small programs, and of such as nobody should write; whole statements are
/// compared with the processor's where the stages are.
class DeviceStatementKernelsTest {
    private static final long SLAB = 1 << 20;
    /// Two factors over three variables, one over variables 0 and 2.
    private static final int[] FACTORS = {0b111, 0b111, 0b101};
    private static final QM31[] CONSTANTS = {new QM31(1, 2, 3, 4), QM31.of(7)};

    private Device device;
    private Stream stream;
    private DeviceKernels kernels;
    private Arena arena;

    @BeforeAll
    static void need() {
        NativeBuildFacts.needHost();
    }

    @BeforeEach
    void open() {
        device = NativeLibrary.load(NativeLibrary.Kind.HOST).open(0, SLAB);
        stream = device.stream();
        kernels = new DeviceKernels(stream);
        arena = Arena.ofConfined();
    }

    @AfterEach
    void close() {
        arena.close();
        stream.close();
        device.close();
    }

    private DeviceBuffer sent(MemorySegment memory) {
        DeviceBuffer buffer = device.allocate(Math.max(64, Memory.baseBytes(memory.byteSize() / 4)));
        stream.in(buffer, memory);
        return buffer;
    }

    private DeviceBuffer ints(int... values) {
        return sent(arena.allocateFrom(ValueLayout.JAVA_INT, values));
    }

    private DeviceBuffer ext(QM31... values) {
        long memory = Memory.allocateExt(arena, values.length);
        for (int i = 0; i < values.length; i++) {
            Memory.setExt(memory, i, values[i]);
        }
        return sent(Memory.ALL.asSlice(memory, Memory.extBytes(values.length)));
    }

    private QM31[] read(DeviceBuffer buffer, int n) {
        long memory = Memory.allocateExt(arena, n);
        stream.out(Memory.ALL.asSlice(memory, Memory.extBytes(n)), buffer);
        QM31[] result = new QM31[n];
        for (int i = 0; i < n; i++) {
            result[i] = Memory.getExt(memory, i);
        }
        return result;
    }

    /// Element i of factor f.
    private static QM31 element(int f, int i) {
        return new QM31(100 * f + i, i * i, f, 1);
    }

    private StatementOperands statement(int weight, int... words) {
        QM31[] tables = new QM31[16 * FACTORS.length];
        for (int i = 0; i < tables.length; i++) {
            tables[i] = element(i / 16, i % 16);
        }
        MemorySegment shapes = arena.allocate((long) StatementOperands.FACTOR_BYTES * FACTORS.length, 64);
        for (int f = 0; f < FACTORS.length; f++) {
            StatementOperands.describe(shapes, f, 16L * f, FACTORS[f]);
        }
        MemorySegment constants = arena.allocate(16L * CONSTANTS.length, 64);
        for (int i = 0; i < 4 * CONSTANTS.length; i++) {
            constants.setAtIndex(ValueLayout.JAVA_INT, i, CONSTANTS[i / 4].coordinate(i % 4));
        }
        return new StatementOperands(ext(tables), tables.length, sent(shapes), FACTORS.length, ints(words),
                words.length, sent(constants), CONSTANTS.length, weight);
    }

    /// Factor 2 at (X, y, x0), which does not depend on y.
    private static QM31 scattered(int at, int x) {
        QM31 low = element(2, x & 1);
        return low.add(element(2, 2 + (x & 1)).sub(low).mul(at));
    }

    private static QM31 line(int f, int at, int x) {
        QM31 low = element(f, x);
        return low.add(element(f, 4 + x).sub(low).mul(at));
    }

    @Test
    void aRoundIsTheSumOfTheBodyAtEveryPoint() {
        // c0 f0 - f1 (f2 + 7)
        StatementOperands s = statement(-1, StatementWord.load(0), StatementWord.scale(0), StatementWord.ADD,
                StatementWord.load(1), StatementWord.OPEN, StatementWord.load(2), StatementWord.ADD,
                StatementWord.constant(1), StatementWord.ADD, StatementWord.CLOSE, StatementWord.SUBTRACT);
        int[] points = {0, 1, 2, 3, 5, 1000};
        QM31[] seen = kernels.statement().sumRound(s, 2, points);
        for (int k = 0; k < points.length; k++) {
            QM31 sum = QM31.ZERO;
            for (int x = 0; x < 4; x++) {
                sum = sum.add(line(0, points[k], x).mul(CONSTANTS[0])).sub(
                        line(1, points[k], x).mul(scattered(points[k], x).add(CONSTANTS[1])));
            }
            assertThat(seen[k]).as("point %d", points[k]).isEqualTo(sum);
        }
    }

    @Test
    void bindingFoldsFactorsAndSumsTheWeight() {
        StatementOperands s = statement(2, StatementWord.load(0), StatementWord.ADD);
        QM31 r = new QM31(5, 6, 7, 8);
        QM31 sum = QM31.ZERO;
        for (int x = 0; x < 4; x++) {
            sum = sum.add(element(2, x & 1).add(element(2, 2 + (x & 1))).mul(element(0, x)));
        }
        assertThat(kernels.statement().sumRound(s, 2, 0)).containsExactly(sum);
        kernels.statement().bindFactors(s, 2, r);
        DeviceBuffer values = device.allocate(Memory.extBytes(12));
        kernels.statement().factorValues(s, 2, values);
        QM31[] seen = read(values, 12);
        for (int x = 0; x < 4; x++) {
            for (int f = 0; f < 2; f++) {
                QM31 low = element(f, x);
                assertThat(seen[4 * f + x]).isEqualTo(low.add(element(f, 4 + x).sub(low).mul(r)));
            }
            assertThat(seen[8 + x]).isEqualTo(element(2, x & 1).add(element(2, 2 + (x & 1))));
        }
    }

    /// Words that name what is not there, and stacks that are full or empty, are harmless.
    @Test
    void programsThatNobodyShouldWriteDoNothing() {
        assertThat(kernels.statement().sumRound(statement(-1, StatementWord.load(3), StatementWord.ADD,
                StatementWord.constant(2), StatementWord.ADD, StatementWord.load((1 << 24) - 1), StatementWord.ADD,
                StatementWord.CLOSE, 99), 2, 0, 1)).containsOnly(QM31.ZERO);
        int[] deep = new int[2 * StatementWord.MOST_DEPTH + 4];
        Arrays.fill(deep, StatementWord.OPEN);
        assertThat(kernels.statement().sumRound(statement(-1, deep), 2, 0)).containsOnly(QM31.ZERO);
        assertThat(kernels.statement().sumRound(statement(-1), 2, 0)).containsOnly(QM31.ZERO);
    }

    @Test
    void tablesTakeAnotherOrder() {
        QM31[] values = new QM31[8];
        for (int i = 0; i < 8; i++) {
            values[i] = element(3, i);
        }
        DeviceBuffer dst = device.allocate(Memory.extBytes(16));
        kernels.statement().spreadTable(dst, ext(values), 2, -1, 0, 1);
        QM31[] seen = read(dst, 16);
        for (int y = 0; y < 16; y++) {
            assertThat(seen[y]).isEqualTo(values[(y & 1) << 2 | y >> 2 & 1 | (y >> 3 & 1) << 1]);
        }
    }

    @Test
    void entriesGoWhereTheyBelong() {
        DeviceBuffer dst = device.allocate(Memory.extBytes(40));
        stream.fill(dst, 0);
        kernels.statement().scatterExt(dst, 40, ints(3, 39, 40, -1, 0), ext(element(0, 1), element(0, 2),
                element(0, 3), element(0, 4), element(0, 5)), 5);
        QM31[] seen = read(dst, 40);
        for (int i = 0; i < 40; i++) {
            assertThat(seen[i]).isEqualTo(i == 3 ? element(0, 1) : i == 39 ? element(0, 2)
                    : i == 0 ? element(0, 5) : QM31.ZERO);
        }
    }

    /// Tiles and entries that are not there give nothing.
    @Test
    void aColumnOfMissingTilesIsZero() {
        DeviceInts values = new DeviceInts(ints(1, 2, 3, 4, 5, 6, 7, 8), 32);
        DeviceBuffer one = ext(QM31.ONE, QM31.ONE);
        DeviceBuffer dst = device.allocate(Memory.extBytes(4));
        kernels.statement().bindColumn(dst, new ColumnOperands(values, 8, one, ints(0, 2, 9), ints(1, 7), one, 2,
                null, 0b10, 2, 1, 2, 1, 1));
        assertThat(read(dst, 4)).containsExactly(QM31.of(5 + 6), QM31.of(7 + 8), QM31.ZERO, QM31.ZERO);
    }

    @Test
    void operandsThatDoNotFitAreRefused() {
        StatementOperands s = statement(-1, StatementWord.load(0), StatementWord.ADD);
        assertThatThrownBy(() -> kernels.statement().sumRound(s, 2, new int[13]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("13 numbers, at most 12");
        assertThatThrownBy(() -> kernels.statement().sumRound(s, 32, 0)).isInstanceOf(DeviceException.class)
                .hasMessage("chg_sum_round: a statement has no variable 32");
        assertThatThrownBy(() -> kernels.statement().sumRound(s, 2, -1)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("point 0, 4294967295, is not canonical");
        StatementOperands weight = statement(3, StatementWord.load(0));
        assertThatThrownBy(() -> kernels.statement().sumRound(weight, 2, 0)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("factor 3, the weight, is not there");
        assertThatThrownBy(() -> kernels.statement().factorValues(s, 8, s.factors()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("768 elements");
        DeviceBuffer one = ext(QM31.ONE);
        DeviceInts values = new DeviceInts(one, 32);
        assertThatThrownBy(() -> kernels.statement().bindColumn(one, new ColumnOperands(values, 1, one, one, one, one,
                0, null, 0b100, 2, 0, 1, 1, 1))).isInstanceOf(DeviceException.class)
                .hasMessageContaining("free bits 4 are not bits of a tile");
        assertThatThrownBy(() -> kernels.statement().bindColumn(one, new ColumnOperands(values, 1, one, one, one, one,
                0, null, 0, 0, 0, 3, 1, 1))).isInstanceOf(DeviceException.class).hasMessageContaining("3 lanes");
    }
}
