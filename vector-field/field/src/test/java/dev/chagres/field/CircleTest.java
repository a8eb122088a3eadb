package dev.chagres.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CircleTest {
    private static final long SEED = 0xC19C1EL;

    @Test
    void generatorHasTheFullOrder() {
        assertThat(CirclePoint.GENERATOR.times(1L << 30)).isEqualTo(new CirclePoint(M31.P - 1, 0));
        assertThat(CirclePoint.GENERATOR.times(1L << 31)).isEqualTo(CirclePoint.IDENTITY);
        assertThat(CirclePoint.subgroupGenerator(0)).isEqualTo(CirclePoint.IDENTITY);
        assertThat(CirclePoint.subgroupGenerator(31)).isEqualTo(CirclePoint.GENERATOR);
    }

    @Test
    void groupLaws() {
        Random random = new Random(SEED);
        CirclePoint g = CirclePoint.GENERATOR;
        for (int i = 0; i < 100; i++) {
            long a = random.nextLong();
            long b = random.nextLong();
            CirclePoint p = g.times(a);
            CirclePoint q = g.times(b);
            assertThat(p.plus(q)).as("seed %d, %d + %d", SEED, a, b).isEqualTo(g.times(a + b)).isEqualTo(q.plus(p));
            assertThat(p.twice()).as("seed %d, %d", SEED, a).isEqualTo(p.plus(p));
            assertThat(p.plus(p.conjugate())).as("seed %d, %d", SEED, a).isEqualTo(CirclePoint.IDENTITY);
            assertThat(p.conjugate()).as("seed %d, %d", SEED, a).isEqualTo(g.times(-a));
        }
    }

    @Test
    void rejectsPointsOffTheCircle() {
        assertThatThrownBy(() -> new CirclePoint(2, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CirclePoint(M31.P + 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CirclePoint(1, M31.P)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void domainIsTheCosetOfOddMultiples() {
        for (int n = 1; n <= 8; n++) {
            CirclePoint q = CirclePoint.subgroupGenerator(n + 1);
            Set<CirclePoint> odd = new HashSet<>();
            for (int i = 0; i < 1 << n; i++) {
                odd.add(q.times(2 * i + 1));
            }
            Set<CirclePoint> points = new HashSet<>();
            CircleDomain domain = CircleDomain.of(n);
            for (int k = 0; k < 1 << n; k++) {
                points.add(domain.point(k));
            }
            assertThat(points).as("logN %d", n).hasSize(1 << n).isEqualTo(odd);
        }
    }

    /// The order as the Javadoc states it.
    @Test
    void orderIsTheDocumentedOne() {
        for (int n : new int[] {1, 2, 3, 7, 20, 30}) {
            CircleDomain domain = CircleDomain.of(n);
            CirclePoint q = CirclePoint.GENERATOR.times(1L << (30 - n));
            Random random = new Random(SEED + n);
            for (int i = 0; i < 50; i++) {
                long k = random.nextLong(1L << n);
                long reversed = n == 1 ? 0 : Long.reverse(k >> 1) >>> (64 - (n - 1));
                long multiple = 1 + 4 * reversed;
                assertThat(domain.point(k))
                        .as("seed %d, logN %d, k %d", SEED, n, k)
                        .isEqualTo(q.times((k & 1) == 0 ? multiple : -multiple));
            }
        }
    }

    @Test
    void positionBitsAreSignsOfFactors() {
        int n = 7;
        CircleDomain domain = CircleDomain.of(n);
        for (int k = 0; k < 1 << n; k++) {
            int[] at = domain.basis(k, n);
            for (int i = 0; i < n; i++) {
                int[] flipped = domain.basis(k ^ 1 << i, n);
                assertThat(flipped[i]).as("k %d, bit %d", k, i).isEqualTo(M31.neg(at[i]));
                for (int j = i + 1; j < n; j++) {
                    assertThat(flipped[j]).as("k %d, bit %d, factor %d", k, i, j).isEqualTo(at[j]);
                }
            }
        }
    }

    @Test
    void basisOfOnePointByHand() {
        CircleDomain domain = CircleDomain.of(5);
        CirclePoint p = domain.point(11);
        int x2 = M31.sub(M31.mul(2, M31.mul(p.x(), p.x())), 1);
        int x3 = M31.sub(M31.mul(2, M31.mul(x2, x2)), 1);
        assertThat(domain.basis(11, 4)).containsExactly(p.y(), p.x(), x2, x3);
        assertThat(domain.basis(11, 0)).isEmpty();
    }

    @Test
    void rejectsPositionsAndSizesOutside() {
        assertThatThrownBy(() -> CircleDomain.of(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CircleDomain.of(31)).isInstanceOf(IllegalArgumentException.class);
        CircleDomain domain = CircleDomain.of(3);
        assertThatThrownBy(() -> domain.point(8)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> domain.point(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> domain.basis(0, 4)).isInstanceOf(IllegalArgumentException.class);
    }
}
