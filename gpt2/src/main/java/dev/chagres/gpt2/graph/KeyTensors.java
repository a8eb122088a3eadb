package dev.chagres.gpt2.graph;

import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.Linear;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.HashMap;
import java.util.Map;

/// The integers of a model in the layout of the key columns, with zeros where channels are padded.
public final class KeyTensors {
    /// Logit of a padded word: low enough that it never wins, high enough that no difference wraps.
    static final int PADDED_LOGIT = -(1 << 29);

    /// Writes one key column.
    private interface Filler {
        void fill(Shape shape, IntTensor dst);
    }

    private final IntegerModel model;
    private final Map<String, Filler> fillers = new HashMap<>();

    public KeyTensors(IntegerModel model) {
        this.model = model;
        int d = model.shape().width();
        fillers.put("embedding.token", (shape, dst) -> matrix(shape, dst, d, d, model.shape().vocab(),
                model.shape().vocab(), (channel, token) -> model.embedding(token, channel)));
        fillers.put("embedding.position", (shape, dst) -> positions(shape, dst));
        for (int l = 0; l < model.layers().size(); l++) {
            IntegerLayer layer = model.layers().get(l);
            String name = "layer" + l;
            int headWidth = model.shape().headWidth();
            linear(name + ".query", layer.query(), d, headWidth);
            linear(name + ".key", layer.key(), d, headWidth);
            linear(name + ".value", layer.value(), d, headWidth);
            linear(name + ".output", layer.output(), headWidth, d);
            linear(name + ".up", layer.up(), d, model.shape().mlpWidth());
            linear(name + ".down", layer.down(), model.shape().mlpWidth(), d);
            fillers.put(name + ".gelu.out", (shape, dst) -> gelu(layer, dst));
        }
        linear("head", model.head(), d, model.shape().vocab());
        fillers.put("head.bias", (shape, dst) -> {
            for (int v = 0; v < dst.size(); v++) {
                dst.set(v, v < model.shape().vocab() ? model.head().bias()[v] : PADDED_LOGIT);
            }
        });
        fillers.put("norm.rsqrt.out", (shape, dst) -> copy(model.norm().rsqrt(), dst));
        fillers.put("exp.at", (shape, dst) -> exp(dst, 0));
        fillers.put("exp.before", (shape, dst) -> exp(dst, -1));
    }

    /// Bits per stored value: 16 for matrices, 32 for the rest.
    public static int width(Column column) {
        return column.name().endsWith(".weight") ? 16 : 32;
    }

    /// Fills the tensor of a key column, `column.shape().size()` values of [#width(Column)] bits, initially zero.
    ///
    /// @param clampBase lowest index of a clamp table, used when the column belongs to one
    public void fill(Column column, IntTensor dst, long clampBase) {
        if (column.name().startsWith("clamp")) {
            int bound = Integer.parseInt(column.name().substring(5, column.name().indexOf('.')));
            for (int i = 0; i < dst.size(); i++) {
                dst.set(i, (int) Math.clamp(clampBase + i, -bound, bound));
            }
            return;
        }
        Filler f = fillers.get(column.name());
        if (f == null) {
            throw new IllegalArgumentException("the model has no column " + column.name());
        }
        f.fill(column.shape(), dst);
    }

    private interface Entry {
        int at(int inner, int outer);
    }

    /// A matrix with low axes (inner, outer) and high axes (inner^, outer^).
    ///
    /// @param innerGroup real positions of a group that is padded to whole tiles by itself; `outerGroup` alike
    private static void matrix(Shape shape, IntTensor dst, int innerGroup, int innerSize, int outerGroup, int outerSize,
            Entry entry) {
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

    private void linear(String name, Linear l, int innerGroup, int outerGroup) {
        fillers.put(name + ".weight", (shape, dst) -> matrix(shape, dst, innerGroup, l.inputs(), outerGroup, l.outputs(),
                (k, j) -> l.weight(j, k)));
        fillers.put(name + ".bias", (shape, dst) -> {
            Padding p = new Padding(shape.lowBits(), outerGroup);
            for (int j = 0; j < l.outputs(); j++) {
                dst.set(p.padded(j), l.bias()[j]);
            }
        });
    }

    private void positions(Shape shape, IntTensor dst) {
        int bits = shape.lowAxes().get(0).bits();
        int channels = shape.lowAxes().get(1).count() * shape.highAxes().get(0).count();
        for (int t = 0; t < model.shape().context(); t++) {
            for (int c = 0; c < model.shape().width(); c++) {
                long x = ((long) (t >> bits) * channels + c << bits) + (t & ((1 << bits) - 1));
                dst.set(x, model.position(t, c));
            }
        }
    }

    private static void gelu(IntegerLayer layer, IntTensor dst) {
        int[] g = layer.gelu();
        for (int i = 0; i < dst.size(); i++) {
            dst.set(i, g[Math.min(i, g.length - 1)]);
        }
    }

    private static void copy(int[] values, IntTensor dst) {
        for (int i = 0; i < values.length; i++) {
            dst.set(i, values[i]);
        }
    }

    private void exp(IntTensor dst, int shift) {
        for (int i = 0; i < dst.size(); i++) {
            dst.set(i, model.softmax().exp(i + shift));
        }
    }
}
