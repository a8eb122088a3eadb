package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.LeafProgram.Segment;
import dev.chagres.prove.stage.LeafProgram.Term;
import dev.chagres.prove.stage.TensorView;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Random programs of leaves: tuples of one, two and three values, whole tiles, several units a tile, small tiles,
/// columns that lack an axis, a last unit of any size.
public final class TestPrograms {
    private static final Axis TOKEN = Axis.low("token", 6);

    private final Random random;

    private TestPrograms(Random random) {
        this.random = random;
    }

    /// Segments that fill this many units, the last one at least in part.
    public static LeafProgram.Lookups lookups(int units, Random random) {
        return new TestPrograms(random).program(units);
    }

    private LeafProgram.Lookups program(int units) {
        List<Segment> segments = new ArrayList<>();
        long left = (long) units << 13;
        long spare = units == 2 || random.nextInt(3) > 0 ? 16L * random.nextInt(1, 512) : 0;
        // Small tiles fill the last unit and a half or less; the rest are whole units.
        long small = Math.min(left, 8192L * random.nextInt(1, 3)) - spare;
        for (int bits = 12; bits >= 4; bits--) {
            int tiles = (int) (small >> bits);
            if (bits > 4 && tiles > 0) {
                tiles = random.nextInt(tiles + 1);
            }
            if (tiles > 0) {
                segments.add(segment(bits, tiles));
                small -= (long) tiles << bits;
            }
        }
        long placed = segments.stream().mapToLong(s -> s.shape().size()).sum();
        int whole = (int) ((left - placed) >> 13);
        while (whole > 0) {
            int bits = 13 + random.nextInt(Math.min(3, 32 - Integer.numberOfLeadingZeros(whole)));
            int tiles = random.nextInt(1, (whole >> bits - 13) + 1);
            segments.add(segment(bits, tiles));
            whole -= tiles << bits - 13;
        }
        TreeLayout layout = new TreeLayout(segments.stream().map(Segment::shape).toList());
        return new LeafProgram.Lookups(layout, segments);
    }

    private Segment segment(int bits, int tiles) {
        Shape shape = bits < 6
                ? Shape.of(Axis.low("token", bits), Axis.high("block", tiles))
                : Shape.of(TOKEN, Axis.low("channel", bits - 6), Axis.high("block", tiles));
        List<Term> terms = new ArrayList<>();
        for (int k = random.nextInt(1, 4); k > 0; k--) {
            QM31 weight = random.nextInt(3) == 0 ? TestTensors.element(random) : QM31.ONE.neg();
            terms.add(new Term(weight, random.nextInt(4) == 0 && bits >= 6 ? rows(shape) : values(shape)));
        }
        return new Segment(shape, TestTensors.element(random), terms);
    }

    private TensorView values(Shape shape) {
        int width = 8 << random.nextInt(3);
        return TensorView.same("values", tensor(shape, width), shape);
    }

    /// A column that is constant along channels.
    private TensorView rows(Shape shape) {
        Shape own = Shape.of(TOKEN, shape.highAxes().getFirst());
        return TensorView.of(new Column("rows", own, Column.Tree.WITNESS), tensor(own, 32), shape);
    }

    private HostTensor tensor(Shape shape, int width) {
        HostTensor tensor = TestTensors.zero(shape, width);
        int most = width == 32 ? Integer.MAX_VALUE : 1 << width - 1;
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, random.nextInt(-most + (width == 32 ? 1 : 0), most));
        }
        return tensor;
    }
}
