package dev.chagres.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.graph.op.LookupTables;
import dev.chagres.tensor.Eq;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The closed forms of table columns against sums over all entries.
class TablePolynomialTest {
    private static final SplittableRandom RANDOM = new SplittableRandom(11);

    private static QM31 random() {
        return new QM31(RANDOM.nextInt(M31.P), RANDOM.nextInt(M31.P), RANDOM.nextInt(M31.P), RANDOM.nextInt(M31.P));
    }

    private static QM31[] random(int n) {
        return Stream.generate(TablePolynomialTest::random).limit(n).toArray(QM31[]::new);
    }

    static List<TablePolynomial> columns() {
        List<TablePolynomial> all = new ArrayList<>(List.of(new TablePolynomial.Index(-2048, 31),
                new TablePolynomial.Index(5, 6), new TablePolynomial.Digit(0, 3), new TablePolynomial.Digit(3, 3),
                new TablePolynomial.Digit(0, 9), new TablePolynomial.Digit(9, 9), new ListedValues(new int[0], 0), new ListedValues(new int[] {3}, 1)));
        for (int length : new int[] {1, 255, 256, 257, 600, 5000}) {
            int[] values = RANDOM.ints(length, 0, 1 << 24).toArray();
            all.add(new ListedValues(values, 0));
            all.add(new ListedValues(values, 1));
        }
        // Bounds before, in, between and after the tiles.
        for (long lowest : new long[] {-4000, -1500, -1024, -700, -255, -1, 0, 1, 300, 100_000}) {
            for (long bound : new long[] {0, 1, 100, 255, 256, 1000, 1024, 4096}) {
                all.add(new ClampedIndex(lowest, bound));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("columns")
    void theClosedFormIsTheSumOverAllEntries(TablePolynomial column) {
        for (int bits : new int[] {4, 8, 10}) {
            long[] starts = Table.consecutive(bits, 3L << bits);
            QM31[] low = random(bits);
            QM31[] weights = random(starts.length);
            QM31[] inside = Eq.table(low);
            QM31 sum = QM31.ZERO;
            for (int t = 0; t < starts.length; t++) {
                for (int x = 0; x < inside.length; x++) {
                    sum = sum.add(weights[t].mul(inside[x]).mul(M31.embed(column.at(starts[t] + x))));
                }
            }
            assertThat(column.evaluate(low, weights, starts)).as(column + ", tiles of 2^" + bits).isEqualTo(sum);
        }
    }

    /// An exponential in two parts has no tile that meets neither.
    @Test
    void tilesBetweenTheReachesAreLeftOut() {
        int[] exp = new int[42];
        Table near = new LookupTables().exponential("near", 1000, 900, exp);
        assertThat(near.starts()).as("tiles of 2^8").containsExactly(0, 256, 512, 768, 1024, 1280, 1536, 1792);
        assertThat(near.firstRun()).isEqualTo(8);
        Table far = new LookupTables().exponential("far", 10_000, 40, exp);
        assertThat(far.tileBits()).isEqualTo(11);
        assertThat(far.starts()).containsExactly(0, 8192);
        assertThat(far.firstRun()).isEqualTo(1);
        assertThat(far.slot(9960)).isEqualTo(2048 + 9960 - 8192);
        assertThat(far.slot(2048)).isEqualTo(-1);
        assertThatThrownBy(() -> new LookupTables().exponential("short", 10_000, 39, exp))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("reach of 39");
    }

    @Test
    void twoComponentsDecideTheEntryOfAPair() {
        LookupTables tables = new LookupTables();
        Table pairs = tables.pair(9);
        assertThat(tables.pair(9)).isSameAs(pairs);
        assertThat(tables.remainders(9)).isSameAs(pairs);
        assertThat(tables.remainders(10)).isSameAs(tables.range(10));
        assertThat(pairs.starts()).as("2^18 entries in tiles of 2^16").hasSize(4);
        for (long entry : new long[] {0, 1, 511, 512, 100_000, (1 << 18) - 1}) {
            assertThat(pairs.entry(pairs.columns().get(0).at(entry), pairs.columns().get(1).at(entry)))
                    .isEqualTo(entry);
        }
        assertThat(tables.range(4).entry(9, 5)).as("the first component alone").isEqualTo(9);
        assertThat(tables.pair(1).tileBits()).isEqualTo(4);
    }

    @Test
    void valuesThatSumsCannotHoldAreRefused() {
        for (int value : new int[] {-1, 1 << 24}) {
            assertThatThrownBy(() -> new ListedValues(new int[] {value}, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new ListedValues(new int[] {7, 8}, 1).at(0)).isEqualTo(8);
        assertThat(new ListedValues(new int[] {7, 8}, 1).at(1)).isZero();
        assertThat(new ListedValues(new int[] {7, 8}, 1).at(1L << 40)).isZero();
    }
}
