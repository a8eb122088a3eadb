package dev.chagres.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Kernels for rows against their definitions, with entries that leave the arrays among the others.
@ParameterizedClass(name = "emulator seed {0}")
@MethodSource("dev.chagres.ffm.EmulatorSeeds#range")
class DeviceRowKernelsTest {
    private static final int POISON = 0xa5a5a5a5;
    private static final int[] WIDTHS = {8, 16, 32};

    private final long seed;
    private final SplittableRandom random;
    private Device device;
    private Stream stream;
    private DeviceRowKernels kernels;
    private Arena arena;

    DeviceRowKernelsTest(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    @BeforeAll
    static void needHost() {
        NativeBuildFacts.needHost();
    }

    @BeforeEach
    void open() {
        device = NativeLibrary.load(NativeLibrary.Kind.HOST).open(0, 8 << 20);
        Status.check(ChagresCuda.chg_emulate(device.handle(), ChagresCuda.CHG_EMULATE_SEED(), seed));
        stream = device.stream();
        kernels = new DeviceKernels(stream).rows();
        arena = Arena.ofConfined();
    }

    @AfterEach
    void close() {
        stream.close();
        device.close();
        arena.close();
    }

    private DeviceBuffer send(MemorySegment data) {
        DeviceBuffer buffer = device.allocate(Math.max(1, data.byteSize()));
        stream.in(buffer, data);
        return buffer;
    }

    private DeviceBuffer sendBase(int[] words) {
        MemorySegment data = arena.allocate(Memory.baseBytes(words.length), 64);
        MemorySegment.copy(words, 0, data, JAVA_INT, 0, words.length);
        return send(data);
    }

    private DeviceBuffer sendExt(QM31[] elements) {
        MemorySegment data = arena.allocate(Memory.extBytes(elements.length), 64);
        for (int i = 0; i < elements.length; i++) {
            Memory.setExt(data.address(), i, elements[i]);
        }
        return send(data);
    }

    private int[] words(DeviceBuffer buffer, int n) {
        MemorySegment seen = arena.allocate(JAVA_INT, n);
        stream.out(seen, buffer);
        return seen.toArray(JAVA_INT);
    }

    private QM31[] elements(DeviceBuffer buffer, int n) {
        MemorySegment seen = arena.allocate(Memory.extBytes(n), 64);
        stream.out(seen, buffer);
        QM31[] elements = new QM31[n];
        Arrays.setAll(elements, i -> Memory.getExt(seen.address(), i));
        return elements;
    }

    private QM31 element() {
        return new QM31(random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P));
    }

    private QM31[] randomElements(int n) {
        QM31[] elements = new QM31[n];
        Arrays.setAll(elements, i -> element());
        return elements;
    }

    private int[] randomWords(int n) {
        return random.ints(n, 0, M31.P).toArray();
    }

    @Test
    void piecesOfAllWidthsArePlaced() {
        int n = 5000;
        MemorySegment src = arena.allocate(16_000, 64);
        List<RowPiece> pieces = new ArrayList<>();
        int[] expected = new int[n];
        Arrays.fill(expected, POISON);
        long from = 0;
        long to = 3;
        for (int count : new int[] {1, 15, 16, 17, 64, 256, 1000, 2048}) {
            int bits = WIDTHS[random.nextInt(WIDTHS.length)];
            for (int i = 0; i < count; i++) {
                long at = from + i * (long) bits / 8;
                int value = random.nextInt(10) == 0 ? 0 : (random.nextInt() >> 1) >> 32 - bits;
                switch (bits) {
                    case 8 -> src.set(JAVA_BYTE, at, (byte) value);
                    case 16 -> src.set(ValueLayout.JAVA_SHORT, at, (short) value);
                    default -> src.set(JAVA_INT, at, value);
                }
                expected[(int) to + i] = M31.embed(value);
            }
            pieces.add(new RowPiece(from, to, count, bits));
            from = from + count * (long) bits / 8 + 63 & -64;
            to += count + random.nextInt(20);
        }
        // None of these is in its arrays, or known.
        pieces.add(new RowPiece(0, n - 15, 16, 8));
        pieces.add(new RowPiece(0, Long.MAX_VALUE, 1, 8));
        pieces.add(new RowPiece(0, -1, 2, 8));
        pieces.add(2, new RowPiece(src.byteSize() - 62, 0, 16, 32));
        pieces.add(0, new RowPiece(-4, 0, 1, 32));
        pieces.add(new RowPiece(1, 0, 1, 16));
        pieces.add(new RowPiece(0, 0, 1, 12));
        pieces.add(new RowPiece(0, 0, -1, 8));
        MemorySegment table = arena.allocate(RowPiece.BYTES * pieces.size(), 64);
        for (int i = 0; i < pieces.size(); i++) {
            pieces.get(i).write(table, i);
        }
        DeviceBuffer dst = device.allocate(Memory.baseBytes(n));
        kernels.placePieces(dst, n, send(src), send(table), pieces.size());
        assertThat(words(dst, n)).isEqualTo(expected);
    }

    @Test
    void rowsAreFolded() {
        for (int head = 0; head <= DeviceRowKernels.MOST_HEAD; head++) {
            int width = 1 << head;
            QM31[] eq = randomElements(width);
            for (int n : new int[] {0, 1, 17, 255, 258}) {
                int[] src = randomWords(n * width);
                QM31[] expected = new QM31[n];
                for (int i = 0; i < n; i++) {
                    expected[i] = QM31.ZERO;
                    for (int y = 0; y < width; y++) {
                        expected[i] = expected[i].add(eq[y].mul(src[i * width + y]));
                    }
                }
                DeviceBuffer dst = device.allocate(Memory.extBytes(n) + 64);
                DeviceBuffer from = sendBase(src);
                DeviceBuffer weights = sendExt(eq);
                kernels.foldRows(dst, from, n, head, weights);
                assertThat(elements(dst, n)).as("%d rows of 2^%d", n, head).isEqualTo(expected);
                List.of(dst, from, weights).forEach(stream::release);
                stream.sync();
            }
        }
    }

    /// Random runs, and some that leave their arrays.
    private final class Claims {
        private final QM31[] tables = randomElements(700);
        private final List<ClaimTerm> terms = new ArrayList<>();
        private final List<ClaimRun> runs = new ArrayList<>();

        Claims() {
            for (int i = 0; i < 20; i++) {
                terms.add(new ClaimTerm(element(), random.nextInt(300)));
            }
            // A table that ends too early counts as far as it goes, one that is outside nothing.
            terms.set(3, new ClaimTerm(element(), 690));
            terms.set(4, new ClaimTerm(element(), 700));
            terms.set(5, new ClaimTerm(element(), -1));
        }

        /// @param strangers runs that are not in the arrays; here, so that others come after them
        void add(long at, int rows, int group) {
            int first = random.nextInt(terms.size());
            runs.add(new ClaimRun(at, rows, random.nextInt(100), group, first, random.nextInt(4)));
        }

        QM31 weight(ClaimRun run, int row) {
            QM31 sum = QM31.ZERO;
            for (int k = run.first(); k < Math.min(terms.size(), run.first() + run.terms()); k++) {
                long at = terms.get(k).table() + run.place() + row;
                if (terms.get(k).table() >= 0 && at < tables.length) {
                    sum = sum.add(terms.get(k).weight().mul(tables[(int) at]));
                }
            }
            return sum;
        }

        ClaimTables send() {
            MemorySegment termTable = arena.allocate(ClaimTerm.BYTES * terms.size(), 64);
            MemorySegment runTable = arena.allocate(ClaimRun.BYTES * runs.size(), 64);
            for (int i = 0; i < terms.size(); i++) {
                terms.get(i).write(termTable, i);
            }
            for (int i = 0; i < runs.size(); i++) {
                runs.get(i).write(runTable, i);
            }
            return new ClaimTables(sendExt(tables), tables.length, DeviceRowKernelsTest.this.send(termTable),
                    terms.size(), DeviceRowKernelsTest.this.send(runTable), runs.size());
        }
    }

    @Test
    void headSumsAreAddedUp() {
        for (int head : new int[] {4, 6, 8}) {
            int groups = 3;
            int n = 300 << head;
            Claims claims = new Claims();
            for (int rows : new int[] {1, 2, 15, 17, 100, 256, 0}) {
                claims.add((long) random.nextInt(40) << head, rows, random.nextInt(groups));
            }
            int good = claims.runs.size();
            claims.runs.add(new ClaimRun(300 - 4 << head, 5, 0, 0, 0, 2));
            claims.runs.add(new ClaimRun(0, 257, 0, 0, 0, 2));
            claims.runs.add(new ClaimRun(-64, 1, 0, 0, 0, 2));
            claims.runs.add(new ClaimRun(0, -1, 0, 0, 0, 2));
            claims.runs.add(new ClaimRun(0, 1, 0, groups, 0, 2));
            claims.runs.add(new ClaimRun(0, 1, 0, -1, 0, 2));
            int[] src = randomWords(n);
            QM31[] expected = new QM31[groups << head];
            Arrays.fill(expected, QM31.ZERO);
            for (ClaimRun run : claims.runs.subList(0, good)) {
                for (int i = 0; i < run.rows(); i++) {
                    QM31 weight = claims.weight(run, i);
                    for (int y = 0; y < 1 << head; y++) {
                        int at = (run.group() << head) + y;
                        expected[at] = expected[at].add(weight.mul(src[(int) run.at() + (i << head) + y]));
                    }
                }
            }
            DeviceBuffer sums = device.allocate(DeviceRowKernels.CELL_BYTES * expected.length);
            DeviceBuffer dst = device.allocate(Memory.extBytes(expected.length));
            stream.fill(sums, 0);
            ClaimTables tables = claims.send();
            DeviceBuffer rows = sendBase(src);
            kernels.addHeadSums(sums, groups, rows, n, head, tables);
            kernels.addHeadSums(sums, groups, rows, n, head, tables);
            kernels.reduceSums(dst, sums, expected.length);
            QM31[] doubled = Arrays.stream(expected).map(e -> e.add(e)).toArray(QM31[]::new);
            assertThat(elements(dst, expected.length)).as("head %d", head).isEqualTo(doubled);
        }
    }

    @Test
    void weightsOfClaimsAreWritten() {
        int n = 900;
        Claims claims = new Claims();
        QM31[] expected = randomElements(n);
        DeviceBuffer dst = sendExt(expected);
        long at = 5;
        for (int rows : new int[] {1, 15, 17, 255, 0, 256}) {
            claims.add(at, rows, random.nextInt());
            for (int i = 0; i < rows; i++) {
                expected[(int) at + i] = claims.weight(claims.runs.getLast(), i);
            }
            at += rows + random.nextInt(9);
        }
        claims.runs.add(1, new ClaimRun(n - 3, 4, 0, 0, 0, 2));
        claims.runs.add(new ClaimRun(0, 257, 0, 0, 0, 2));
        claims.runs.add(new ClaimRun(-1, 1, 0, 0, 0, 2));
        kernels.claimWeights(dst, n, claims.send());
        assertThat(elements(dst, n)).isEqualTo(expected);
    }

    @Test
    void operandsThatDoNotFitAreRefused() {
        DeviceBuffer small = device.allocate(128);
        DeviceBuffer large = device.allocate(1 << 16);
        ClaimTables tables = new ClaimTables(large, 16, small, 5, small, 4);
        assertThatThrownBy(() -> kernels.placePieces(large, 16, small, small, 6))
                .hasMessageContaining("144 bytes, do not fit a buffer of 128 bytes");
        assertThatThrownBy(() -> kernels.addHeadSums(large, 33, small, 16, 6, tables))
                .hasMessageContaining("2112 elements of 32 bytes");
        assertThatThrownBy(() -> kernels.claimWeights(small, 16, tables)).hasMessageContaining("16 elements");
        assertThatThrownBy(() -> kernels.foldRows(large, large, 1, 9, large)).isInstanceOf(DeviceException.class)
                .hasMessage("chg_fold_rows: a head has 0 to 8 variables, not 9");
        assertThatThrownBy(() -> kernels.foldRows(large, large, 1, 4, large)).hasMessage(
                "chg_fold_rows: dst overlaps src");
        assertThat(words(large, 1 << 14)).as("nothing was done").containsOnly(POISON);
    }
}
