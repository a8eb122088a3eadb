package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.prove.stage.LeafProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A tree of tables of which little was looked up. In the layers below the one of 2^(bits - 4) nodes only units that
/// are not plain are stored ([PlainUnits]); the others are polynomials and a few positions ([SparseRounds]). It sends
/// what [CpuFractionTree] sends.
final class SparseTree implements FractionTree {
    /// Layers below the stored ones.
    private static final int LEVELS = 4;
    /// Units for each one that has to be stored: with fewer there is little to gain.
    private static final int LEAST_SHARE = 3;
    /// The working memory that every section may use besides its tree; that of the tables needs none
    /// (`prove.run.TaskNeeds`).
    private static final long WORKING_BYTES = 64L << 20;

    /// A layer k above the leaves.
    ///
    /// @param p numerators of dense units: strip, unit, position
    /// @param q denominators
    record Level(int k, long p, long q, List<PlainUnits.Column> columns) {}

    private final TreeLayout layout;
    private final PlainUnits plain;
    private final Host host;
    private final MemoryScope scope;
    private final CountdownPolynomials polynomials;
    private final List<Level> levels = new ArrayList<>();
    /// Stored layers by their number of variables.
    private final FractionLayer[] layers;

    private SparseTree(LeafProgram.Tables program, PlainUnits plain, Host host) {
        this.layout = program.layout();
        this.plain = plain;
        this.host = host;
        this.scope = host.scope();
        this.layers = new FractionLayer[layout.bits() - LEVELS + 1];
        try {
            this.polynomials = new CountdownPolynomials(plain, layout, host, scope);
            build(new TableLeaves(program, host.field()));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// The tree of a program, if it has enough plain units.
    static Optional<FractionTree> of(LeafProgram.Tables program, Host host) {
        if (program.layout().stripBits() == 0) { // one unit
            return Optional.empty();
        }
        TreeLayout layout = program.layout();
        PlainUnits plain = PlainUnits.of(program);
        boolean worthIt = (long) plain.dense().length * LEAST_SHARE <= layout.units()
                && bytes(layout, plain.dense().length) <= Math.max(CpuFractionTree.bytes(layout), WORKING_BYTES);
        return worthIt ? Optional.of(new SparseTree(program, plain, host)) : Optional.empty();
    }

    /// Most bytes of a tree and its rounds: all levels of dense units, the stored layers, and the positions of a layer
    /// written out.
    private static long bytes(TreeLayout layout, int dense) {
        long level = 2L * Memory.EXT_BYTES * dense << layout.unitBits();
        long stored = 2L * Memory.EXT_BYTES << layout.bits() - LEVELS;
        return 2 * level + 3 * stored;
    }

    private int strips(int k) {
        return 1 << layout.stripBits() - k;
    }

    /// Stored positions of a strip.
    private long width() {
        return (long) plain.dense().length << layout.runBits();
    }

    private void build(LeafSource source) {
        FieldKernels field = host.field();
        Level level = leaves(source);
        levels.add(level);
        for (int k = 1; k <= LEVELS; k++) {
            Level below = level;
            long half = strips(k) * width();
            Level above = new Level(k, scope.allocateExtRaw(half), scope.allocateExtRaw(half),
                    below.columns.stream().map(PlainUnits.Column::parent).toList());
            host.ranges(half, (_, from, to) -> {
                long lo = from * Memory.EXT_BYTES;
                long hi = (from + half) * Memory.EXT_BYTES;
                field.addFractions(above.p + lo, above.q + lo, below.p + lo, below.q + lo, below.p + hi, below.q + hi,
                        to - from);
            });
            levels.add(above);
            level = above;
        }
        int last = layout.bits() - LEVELS;
        layers[last] = stored(level);
        for (int m = last; m > 0; m--) {
            layers[m - 1] = layers[m].parent(host);
        }
    }

    private Level leaves(LeafSource source) {
        Level level = new Level(0, scope.allocateExtRaw(strips(0) * width()), scope.allocateExtRaw(strips(0) * width()),
                plain.columns());
        long run = 1L << layout.runBits();
        try (MemoryScope arena = host.scope()) {
            LeafFiller[] fillers = new LeafFiller[host.threads()];
            for (int i = 0; i < fillers.length; i++) {
                fillers[i] = source.filler(arena);
            }
            host.run(plain.dense().length, (worker, i) -> {
                for (int strip = 0; strip < strips(0); strip++) {
                    long place = (long) plain.dense()[i] << layout.unitBits() | strip * run;
                    long at = (strip * width() + i * run) * Memory.EXT_BYTES;
                    long present = Math.clamp(layout.leaves() - place, 0, run);
                    if (present > 0) {
                        fillers[worker].fill(place, present, level.p + at, level.q + at, QM31.ZERO);
                    }
                    if (present < run) {
                        long skip = at + present * Memory.EXT_BYTES;
                        host.field().fillExt(level.p + skip, QM31.ZERO, run - present);
                        host.field().fillExt(level.q + skip, QM31.ONE, run - present);
                    }
                }
            });
        }
        return level;
    }

    /// The layer of a level with two strips, all of it.
    private FractionLayer stored(Level level) {
        long size = 1L << layout.bits() - layout.stripBits();
        FractionLayer layer = new FractionLayer(layout.bits() - LEVELS, new Strips(0, 2 * size), host);
        QM31[][] nodes = polynomials.nodes(strips(0), LEVELS);
        for (int strip = 0; strip < 2; strip++) {
            long p = layer.p() + strip * size * Memory.EXT_BYTES;
            long q = layer.q() + strip * size * Memory.EXT_BYTES;
            Memory.zero(p, size * Memory.EXT_BYTES);
            place(nodes[strip], q, level.q + strip * width() * Memory.EXT_BYTES, QM31.ONE);
            dense(p, level.p + strip * width() * Memory.EXT_BYTES);
            for (PlainUnits.Column c : level.columns) {
                Memory.setExt(p, c.x(), c.p()[strip]);
            }
        }
        return layer;
    }

    /// Fills an array of all positions: those of plain units from a polynomial, of dense ones from an array, and the
    /// others with `absent`.
    void place(QM31[] polynomial, long dst, long dense, QM31 absent) {
        long present = layout.units() << layout.runBits();
        long size = 1L << layout.bits() - layout.stripBits();
        Memory.zero(dst, present * Memory.EXT_BYTES);
        polynomials.evaluate(polynomial, dst);
        dense(dst, dense);
        host.field().fillExt(dst + present * Memory.EXT_BYTES, absent, size - present);
    }

    /// Copies positions of dense units to their places.
    void dense(long dst, long src) {
        long bytes = Memory.EXT_BYTES << layout.runBits();
        for (int i = 0; i < plain.dense().length; i++) {
            Memory.copy(src + i * bytes, dst + plain.dense()[i] * bytes, bytes);
        }
    }

    TreeLayout layout() {
        return layout;
    }

    PlainUnits plain() {
        return plain;
    }

    CountdownPolynomials polynomials() {
        return polynomials;
    }

    @Override
    public int bits() {
        return layout.bits();
    }

    @Override
    public QM31[] root() {
        return new QM31[] {Memory.getExt(layers[0].p(), 0), Memory.getExt(layers[0].q(), 0)};
    }

    @Override
    public LayerRounds layer(int m, QM31[] r, QM31 lambda) {
        if (m < layers.length) {
            layers[m].close();
        }
        MemoryScope rounds = host.scope();
        try {
            return m + 1 < layers.length
                    ? new CpuLayerRounds(new StoredRounds(layers[m + 1], lambda, host), r, lambda,
                            new Strips(0, 1L << m), host, rounds)
                    : new SparseRounds(this, levels.get(bits() - m - 1), r, lambda, host, rounds);
        } catch (RuntimeException | Error e) {
            rounds.close();
            throw e;
        }
    }

    @Override
    public void close() {
        scope.close();
        for (FractionLayer l : layers) {
            if (l != null) {
                l.close();
            }
        }
    }
}
