package dev.chagres.gpt2.model;

import dev.chagres.graph.op.ArgmaxHead;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.model.KeyColumn;
import dev.chagres.model.decoder.DecoderContent;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.Shape;

/// The integers of a model in the layout of the key columns, with zeros where channels are padded.
final class KeyTensors {
    /// Logit of a padded word: low enough that it never wins, high enough that every difference has its limbs.
    static final int PADDED_LOGIT = -ArgmaxHead.LOGIT_LIMIT;

    private final IntegerModel model;
    private final int width;
    private final int headWidth;

    KeyTensors(IntegerModel model) {
        this.model = model;
        this.width = model.shape().width();
        this.headWidth = model.shape().headWidth();
    }

    /// Fills the tensor of a key column, initially zero.
    void fill(KeyColumn column, HostTensor dst) {
        Shape shape = column.column().shape();
        switch ((DecoderContent) column.content()) {
            case DecoderContent.Tokens _ -> matrix(shape, dst,
                    new Padding(shape.lowAxes().get(0).bits(), width, false), width,
                    new Padding(shape.lowAxes().get(1).bits(), model.shape().vocab(), false), model.shape().vocab(),
                    (channel, token) -> model.embedding().entry((long) token * width + channel));
            case DecoderContent.Positions _ -> positions(shape, dst);
            case DecoderContent.Cosines _ -> rotation(shape, dst, model.rotation().orElseThrow()::cos);
            case DecoderContent.Sines _ -> rotation(shape, dst, model.rotation().orElseThrow()::sin);
            case DecoderContent.Weight w -> {
                IntegerLinear l = linear(w.layer(), w.matrix());
                matrix(shape, dst, new Padding(shape.lowAxes().get(0).bits(), innerGroup(w.matrix()), false),
                        l.inputs(), outer(shape.lowAxes().get(1).bits(), w.matrix()), l.outputs(),
                        (k, j) -> l.weight(j, k));
            }
            case DecoderContent.Bias b -> bias(shape, dst, b);
            case DecoderContent.Activation a -> activation(model.layers().get(a.layer()).mlp().table(), dst);
            case DecoderContent.ReciprocalRoot _ -> copy(model.norm().rsqrt(), dst);
            case DecoderContent.Defined d -> define(d.function(), dst);
        }
    }

    private IntegerLinear linear(int layer, DecoderContent.Matrix matrix) {
        return switch (matrix) {
            case QUERY -> model.layers().get(layer).query();
            case KEY -> model.layers().get(layer).key();
            case VALUE -> model.layers().get(layer).value();
            case OUTPUT -> model.layers().get(layer).output();
            case GATE -> model.layers().get(layer).mlp().indexed();
            case UP -> model.layers().get(layer).mlp().up();
            case DOWN -> model.layers().get(layer).down();
            case HEAD -> model.head();
        };
    }

    /// Real input channels that are padded to whole tiles by themselves: those of a head, or all.
    private int innerGroup(DecoderContent.Matrix matrix) {
        return switch (matrix) {
            case QUERY, KEY, VALUE, GATE, UP, HEAD -> width;
            case OUTPUT -> headWidth;
            case DOWN -> model.shape().mlpWidth();
        };
    }

    /// Real output channels that are padded to whole tiles by themselves.
    private int outerGroup(DecoderContent.Matrix matrix) {
        return switch (matrix) {
            case QUERY, KEY, VALUE -> headWidth;
            case OUTPUT, DOWN -> width;
            case GATE, UP -> model.shape().mlpWidth();
            case HEAD -> model.shape().vocab();
        };
    }

    /// Where the outputs of a matrix go; those of queries and keys of a rotary model by halves.
    private Padding outer(int bits, DecoderContent.Matrix matrix) {
        boolean rotated = model.rotation().isPresent()
                && (matrix == DecoderContent.Matrix.QUERY || matrix == DecoderContent.Matrix.KEY);
        return new Padding(bits, outerGroup(matrix), rotated);
    }

    private void bias(Shape shape, HostTensor dst, DecoderContent.Bias bias) {
        int[] values = linear(bias.layer(), bias.matrix()).bias();
        if (bias.matrix() == DecoderContent.Matrix.HEAD) {
            for (int v = 0; v < dst.size(); v++) {
                dst.set(v, v < values.length ? values[v] : PADDED_LOGIT);
            }
            return;
        }
        Padding p = outer(shape.lowBits(), bias.matrix());
        for (int j = 0; j < values.length; j++) {
            dst.set(p.padded(j), values[j]);
        }
    }

    private static void define(TablePolynomial function, HostTensor dst) {
        for (int i = 0; i < dst.size(); i++) {
            dst.set(i, Math.toIntExact(function.at(i)));
        }
    }

    private interface Entry {
        int at(int inner, int outer);
    }

    /// A matrix with low axes (inner, outer) and high axes (inner^, outer^).
    ///
    /// @param inner where real inner positions go; `outer` alike
    private static void matrix(Shape shape, HostTensor dst, Padding inner, int innerSize, Padding outer, int outerSize,
            Entry entry) {
        int innerTiles = shape.highAxes().get(0).count();
        for (int o = 0; o < outerSize; o++) {
            int po = outer.padded(o);
            for (int i = 0; i < innerSize; i++) {
                int pi = inner.padded(i);
                long tile = (long) (po >> outer.bits) * innerTiles + (pi >> inner.bits);
                long x = (tile << outer.bits) + (po & ((1 << outer.bits) - 1));
                dst.set((x << inner.bits) + (pi & ((1 << inner.bits) - 1)), entry.at(i, o));
            }
        }
    }

    /// Where a real index goes: heads are padded one by one, other widths only at the end.
    ///
    /// @param group real positions of a group that is padded to whole tiles by itself
    /// @param halves whether each half of a group is padded by itself
    private record Padding(int bits, int group, boolean halves) {
        int padded(int i) {
            if (group > 1 << bits) {
                return i;
            }
            int c = i % group;
            int gap = halves && c >= group / 2 ? (1 << bits - 1) - group / 2 : 0;
            return (i / group << bits) + c + gap;
        }
    }

    private interface Angle {
        short at(long i);
    }

    private void rotation(Shape shape, HostTensor dst, Angle table) {
        int bits = shape.lowAxes().get(0).bits();
        int channels = shape.lowAxes().get(1).count();
        int half = headWidth / 2;
        for (int t = 0; t < model.shape().context(); t++) {
            for (int j = 0; j < half; j++) {
                long x = ((long) (t >> bits) * channels + j << bits) + (t & ((1 << bits) - 1));
                dst.set(x, table.at((long) t * half + j));
            }
        }
    }

    private void positions(Shape shape, HostTensor dst) {
        int bits = shape.lowAxes().get(0).bits();
        int channels = shape.lowAxes().get(1).count() * shape.highAxes().get(0).count();
        for (int t = 0; t < model.shape().context(); t++) {
            for (int c = 0; c < model.shape().width(); c++) {
                long x = ((long) (t >> bits) * channels + c << bits) + (t & ((1 << bits) - 1));
                dst.set(x, model.position(t, c));
            }
        }
    }

    private static void activation(int[] table, HostTensor dst) {
        for (int i = 0; i < dst.size(); i++) {
            dst.set(i, table[Math.min(i, table.length - 1)]);
        }
    }

    private static void copy(int[] values, HostTensor dst) {
        for (int i = 0; i < values.length; i++) {
            dst.set(i, values[i]);
        }
    }
}
