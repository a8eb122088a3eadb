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
            case DecoderContent.Tokens _ -> matrix(shape, dst, width, width, model.shape().vocab(), model.shape().vocab(),
                    (channel, token) -> model.embedding(token, channel));
            case DecoderContent.Positions _ -> positions(shape, dst);
            case DecoderContent.Weight w -> {
                IntegerLinear l = linear(w.layer(), w.matrix());
                matrix(shape, dst, innerGroup(w.matrix()), l.inputs(), outerGroup(w.matrix()), l.outputs(),
                        (k, j) -> l.weight(j, k));
            }
            case DecoderContent.Bias b -> bias(shape, dst, b);
            case DecoderContent.Activation a -> gelu(model.layers().get(a.layer()), dst);
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
            case UP -> model.layers().get(layer).up();
            case DOWN -> model.layers().get(layer).down();
            case HEAD -> model.head();
        };
    }

    /// Real input channels that are padded to whole tiles by themselves: those of a head, or all.
    private int innerGroup(DecoderContent.Matrix matrix) {
        return switch (matrix) {
            case QUERY, KEY, VALUE, UP, HEAD -> width;
            case OUTPUT -> headWidth;
            case DOWN -> model.shape().mlpWidth();
        };
    }

    /// Real output channels that are padded to whole tiles by themselves.
    private int outerGroup(DecoderContent.Matrix matrix) {
        return switch (matrix) {
            case QUERY, KEY, VALUE -> headWidth;
            case OUTPUT, DOWN -> width;
            case UP -> model.shape().mlpWidth();
            case HEAD -> model.shape().vocab();
        };
    }

    private void bias(Shape shape, HostTensor dst, DecoderContent.Bias bias) {
        int[] values = linear(bias.layer(), bias.matrix()).bias();
        if (bias.matrix() == DecoderContent.Matrix.HEAD) {
            for (int v = 0; v < dst.size(); v++) {
                dst.set(v, v < values.length ? values[v] : PADDED_LOGIT);
            }
            return;
        }
        Padding p = new Padding(shape.lowBits(), outerGroup(bias.matrix()));
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
    /// @param innerGroup real positions of a group that is padded to whole tiles by itself; `outerGroup` alike
    private static void matrix(Shape shape, HostTensor dst, int innerGroup, int innerSize, int outerGroup,
            int outerSize, Entry entry) {
        Padding inner = new Padding(shape.lowAxes().get(0).bits(), innerGroup);
        Padding outer = new Padding(shape.lowAxes().get(1).bits(), outerGroup);
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
    private record Padding(int bits, int group) {
        int padded(int i) {
            return group <= 1 << bits ? (i / group << bits) + i % group : i;
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

    private static void gelu(IntegerLayer layer, HostTensor dst) {
        int[] g = layer.gelu();
        for (int i = 0; i < dst.size(); i++) {
            dst.set(i, g[Math.min(i, g.length - 1)]);
        }
    }

    private static void copy(int[] values, HostTensor dst) {
        for (int i = 0; i < values.length; i++) {
            dst.set(i, values[i]);
        }
    }
}
