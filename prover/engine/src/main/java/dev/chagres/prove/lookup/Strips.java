package dev.chagres.prove.lookup;

import dev.chagres.prove.host.Host;

/// The stored positions of a layer: 2^bits strips of `width` positions each, one strip after another. The top variable
/// of the layer separates the first half of the strips from the second. Positions of a strip past its width are
/// neutral and not stored; where there is one strip, it has all its positions.
///
/// @param bits log2 of the number of strips
/// @param width positions of a strip, a multiple of the elements of a block
record Strips(int bits, long width) {
    /// Receives positions `from .. from + n` of strip `strip`.
    @FunctionalInterface
    interface Visitor {
        void visit(int part, int strip, long from, int n);
    }

    /// Stored positions.
    long size() {
        return width << bits;
    }

    /// Those with one value of the top variable, which separates strips.
    Strips half() {
        return new Strips(bits - 1, width);
    }

    /// Number of parts that [#forEach(Host, int, Visitor)] works on at a time.
    int parts(Host host, int most) {
        return (int) Math.min((width + most - 1) / most, host.parts(size()));
    }

    /// Cuts all strips into pieces of at most `most` positions; equal positions of all strips come one after another,
    /// because they are made from the same memory.
    void forEach(Host host, int most, Visitor visitor) {
        long pieces = (width + most - 1) / most;
        int parts = parts(host, most);
        host.run(parts, (_, part) -> {
            for (long piece = pieces * part / parts; piece < pieces * (part + 1) / parts; piece++) {
                long from = piece * most;
                int n = (int) Math.min(most, width - from);
                for (int strip = 0; strip < 1 << bits; strip++) {
                    visitor.visit(part, strip, from, n);
                }
            }
        });
    }
}
