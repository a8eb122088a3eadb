package dev.chagres.device;

import dev.chagres.field.QM31;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.tensor.Eq;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A tree of lookups from its definition, slow, all leaves stored; for leaves of any number, which those of the
/// processor's stages are not.
final class DirectTree implements FractionTree {
    private record Layer(QM31[] p, QM31[] q) {
        Layer parent() {
            int half = p.length / 2;
            Layer parent = new Layer(new QM31[half], new QM31[half]);
            for (int i = 0; i < half; i++) {
                parent.p[i] = p[i].mul(q[i + half]).add(p[i + half].mul(q[i]));
                parent.q[i] = q[i].mul(q[i + half]);
            }
            return parent;
        }
    }

    /// By their number of variables.
    private final List<Layer> layers = new ArrayList<>();

    DirectTree(LeafProgram.Lookups program) {
        int size = 1 << program.layout().bits();
        Layer layer = new Layer(new QM31[size], new QM31[size]);
        Arrays.fill(layer.p, QM31.ZERO);
        Arrays.fill(layer.q, QM31.ONE);
        for (int s = 0; s < program.segments().size(); s++) {
            LeafProgram.Segment segment = program.segments().get(s);
            for (int tile = 0; tile < segment.shape().tileCount(); tile++) {
                for (int x = 0; x < 1 << segment.shape().lowBits(); x++) {
                    int leaf = (int) program.layout().leaf(program.layout().place(s, tile) + x);
                    layer.p[leaf] = QM31.ONE;
                    layer.q[leaf] = denominator(segment, tile, x);
                }
            }
        }
        layers.add(layer);
        while (layers.getFirst().p.length > 1) {
            layers.addFirst(layers.getFirst().parent());
        }
    }

    private static QM31 denominator(LeafProgram.Segment segment, int tile, int x) {
        QM31 sum = segment.constant();
        for (LeafProgram.Term term : segment.terms()) {
            int[] inside = term.values().inside();
            long at = term.values().starts()[tile] + (inside == null ? x : inside[x]);
            sum = sum.add(term.weight().mul(QM31.embed(term.values().data().get(at))));
        }
        return sum;
    }

    @Override
    public int bits() {
        return layers.size() - 1;
    }

    @Override
    public QM31[] root() {
        return new QM31[] {layers.getFirst().p[0], layers.getFirst().q[0]};
    }

    @Override
    public LayerRounds layer(int m, QM31[] r, QM31 lambda) {
        Layer below = layers.get(m + 1);
        int half = 1 << m;
        QM31[][] children = {Arrays.copyOf(below.p, half), Arrays.copyOfRange(below.p, half, 2 * half),
                Arrays.copyOf(below.q, half), Arrays.copyOfRange(below.q, half, 2 * half)};
        return new Rounds(children, r, lambda);
    }

    @Override
    public void close() {}

    private record Rounds(QM31[][] children, QM31[] r, QM31 lambda) implements LayerRounds {
        @Override
        public QM31[] first(int variable) {
            QM31[] eq = Eq.table(Arrays.copyOf(r, variable));
            int half = eq.length;
            QM31[] g = {QM31.ZERO, QM31.ZERO};
            for (int x = 0; x < half; x++) {
                int at = x;
                g[0] = g[0].add(eq[x].mul(merged(Arrays.stream(children).map(c -> c[at]).toArray(QM31[]::new))));
                g[1] = g[1].add(eq[x].mul(
                        merged(Arrays.stream(children).map(c -> c[at + half].sub(c[at])).toArray(QM31[]::new))));
            }
            return g;
        }

        private QM31 merged(QM31[] v) {
            return v[0].mul(v[3]).add(v[1].mul(v[2])).add(lambda.mul(v[2]).mul(v[3]));
        }

        @Override
        public QM31[] next(int variable, QM31 challenge) {
            last(variable + 1, challenge);
            return first(variable);
        }

        @Override
        public void last(int variable, QM31 challenge) {
            int half = 1 << variable;
            for (QM31[] c : children) {
                for (int x = 0; x < half; x++) {
                    c[x] = c[x].add(challenge.mul(c[x + half].sub(c[x])));
                }
            }
        }

        @Override
        public QM31[][] values(int variables) {
            return Arrays.stream(children).map(c -> Arrays.copyOf(c, 1 << variables)).toArray(QM31[][]::new);
        }

        @Override
        public void close() {}
    }
}
