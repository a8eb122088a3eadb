package dev.chagres.gpt2.unique;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.M31;
import dev.chagres.graph.op.LookupTables;
import dev.chagres.graph.op.NormLookups;
import dev.chagres.lookup.Table;
import dev.chagres.semantics.IntegerSemantics;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The limbs of a group's sum of squares, for streams of any width: a search of whole norms ([NormSearch]) reads at most
/// three groups apart, and the limbs of wide streams have other ranges.
final class GroupLimbsTest {
    private static final int TRIALS = 200_000;

    private static NormLookups lookups(int width) {
        return NormLookups.of(new LookupTables(), IntegerSemantics.groupShift(width), new int[16], 17, 12);
    }

    private static long entries(Table table) {
        return (long) table.starts().length << table.tileBits();
    }

    /// How many triples of entries (low, high, rest) have 2^t (low + 2^13 high) + rest = sum modulo p. Each integer below
    /// 2^t 2^13 high is one of them if its low limb and rest are below their powers, which are the radix.
    private static int solutions(int sum, int shift, long low, long high, long rest) {
        assertThat(low).isEqualTo(1 << 13);
        assertThat(rest).isEqualTo(1L << shift);
        int count = 0;
        for (long integer = sum; integer < high * low * rest; integer += M31.P) {
            count++;
        }
        return count;
    }

    @Test
    void oneTripleAtMost() {
        for (int width : new int[] {1, 768, 1024, 1025, 2048, 4096}) {
            NormLookups t = lookups(width);
            SplittableRandom random = new SplittableRandom(width);
            int found = 0;
            for (int i = 0; i < TRIALS; i++) {
                int n = solutions(i % 2 == 0 ? random.nextInt(M31.P) : RandomKey.hostile(random), t.groupShift(),
                        entries(t.quotientLow()), entries(t.quotientHigh()), entries(t.groupRest()));
                assertThat(n).isLessThan(2);
                found += n;
            }
            assertThat(found).isPositive();
            // The largest sum that a group can have.
            assertThat(solutions(256 * 4192256, t.groupShift(), entries(t.quotientLow()), entries(t.quotientHigh()),
                    entries(t.groupRest()))).isEqualTo(1);
        }
    }

    /// The limbs of narrow streams, two of 13 bits, have two triples of every sum where the shift is 6.
    @Test
    void limbsOf32Bits() {
        NormLookups t = lookups(2048);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1000; i++) {
            assertThat(solutions(random.nextInt(256 * 4192256), t.groupShift(), entries(t.quotientLow()),
                    entries(lookups(768).quotientHigh()), entries(t.groupRest()))).isEqualTo(2);
        }
    }
}
