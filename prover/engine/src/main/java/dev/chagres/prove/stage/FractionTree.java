package dev.chagres.prove.stage;

import dev.chagres.field.QM31;

/// A tree of fractions over the leaves of a [LeafProgram]: node i of a layer of 2^m nodes is the sum of nodes i and i +
/// 2^m of the layer below it. Owns its memory until closed. One thread at a time.
public interface FractionTree extends AutoCloseable {
    /// Depth: there are 2^bits leaves, absent ones included.
    int bits();

    /// Numerator and denominator of the root.
    QM31[] root();

    /// The rounds of a layer. Layers are asked for once each, from the root down; the rounds of one are closed before
    /// the next one is asked for, and layers above it may be freed.
    ///
    /// @param m log2 of the nodes of the layer, below [#bits()]
    /// @param r point of the layer, m coordinates
    /// @param lambda merges numerators and denominators; zero for the root only
    LayerRounds layer(int m, QM31[] r, QM31 lambda);

    @Override
    void close();
}
