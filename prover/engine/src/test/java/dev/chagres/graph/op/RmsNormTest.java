package dev.chagres.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.graph.Width;
import dev.chagres.lookup.Table;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.witness.Tensors;
import dev.chagres.prove.witness.Witness;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.TableDefinitions;
import dev.chagres.tensor.Column;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Norms of rows of every magnitude, from a few units to the whole domain, of one group of squares and of several.
final class RmsNormTest extends OperationLaws {
    private static final int FRACTION_BITS = 6;
    private static final int OUTPUT_BITS = 12;

    @Override
    Stream<OperationFixture> fixtures() {
        return Stream.of(
                norm("one short block, padded channels", 7, Width.of(20), 1),
                norm("one block, three groups of channels", 80, Width.of(45), 9),
                norm("one short block, two groups of squares", 16, Width.of(300), 12),
                norm("three blocks", 260, Width.of(16), 17),
                norm("two blocks, groups shifted by 6", 150, Width.of(45), 9, 6),
                norm("one short block, two groups shifted by 6", 16, Width.of(300), 12, 6),
                norm("one short block, as wide as shifts by 6 are for", 5, Width.of(1040), 11,
                        IntegerSemantics.groupShift(1040)));
    }

    /// 30 bits of a sum of squares are what the field has room for.
    @Test
    void theLimbsOfASumAreThirtyBits() {
        for (int width : new int[] {16, 1024, 1025, 4096}) {
            int t = IntegerSemantics.groupShift(width);
            NormLookups tables = NormLookups.of(new LookupTables(), t, new int[16], 9, OUTPUT_BITS);
            assertThat(size(tables.quotientLow()) * size(tables.quotientHigh()) * size(tables.groupRest()))
                    .as("width %s", width).isEqualTo(1L << 30);
            assertThat(size(tables.groupRest())).isEqualTo(width <= 1024 ? 16 : 64);
        }
    }

    private static long size(Table table) {
        return table.multiplicity().shape().size();
    }

    /// Where two channels have the mantissa of the peak, a prover may read it at either: the exponent and everything
    /// after it stay.
    @Test
    void thePeakMayBeReadAtAnyChannelThatHasItsMantissa() {
        OperationFixture f = norm("rows of two values", 16, Width.of(16), 9, 4, (t, c) -> c < 2 ? 1 << (2 + t) : 0);
        try (TrialGraph trial = f.trial(); Witness witness = trial.evaluate()) {
            HostTensor bit = Tensors.of(trial.graph(), witness).get("m.channelBit0");
            for (int row = 0; row < 16; row++) {
                assertThat(bit.get(row)).as("the first channel").isZero();
                bit.set(row, 1);
            }
            Lookups.count(trial.graph(), witness);
            assertThat(trial.verdictOn(witness)).isEqualTo(TrialGraph.ACCEPTED);
        }
    }

    private static OperationFixture norm(String what, int rows, Width width, int shift) {
        return norm(what, rows, width, shift, 4);
    }

    private static OperationFixture norm(String what, int rows, Width width, int shift, int groupShift) {
        return norm(what, rows, width, shift, groupShift,
                (t, c) -> OperationFixture.isReal(width, c) ? value(t, c) : 0);
    }

    private static OperationFixture norm(String what, int rows, Width width, int shift, int groupShift,
            GivenRows.Values values) {
        OperationFixture f = new OperationFixture(what, rows);
        Column x = f.input("x", width, "channel", values);
        f.reads(x, 0, 0);
        f.reads(x, f.rows().padded() - 1, width.padded() - 1);
        int[] eps = new int[IntegerSemantics.MAX_EXPONENT + 1];
        Arrays.setAll(eps, e -> e == 0 ? IntegerSemantics.MANT_MIN : 3 + e);
        int[] rsqrt = TableDefinitions.rsqrt(width.size(), shift + FRACTION_BITS - 1 - groupShift / 2);
        NormLookups tables = NormLookups.of(f.tables(), groupShift, eps, shift, OUTPUT_BITS);
        f.filled(tables.rsqrt(), i -> rsqrt[(int) i]);
        return f.of(new RmsNorm("m", width, x, eps, shift, OUTPUT_BITS, tables));
    }

    /// Rows of 2 to 26 bits. Channel 0, where the peak is read, has a mantissa of its own: bits that point at another
    /// channel with the mantissa of the peak are as good, and no law forbids them.
    private static int value(int row, int channel) {
        int bound = (1 << (2 + row % 25)) - 1;
        return channel == 0 ? bound : OperationFixture.random(5, row, channel, bound - 1);
    }
}
