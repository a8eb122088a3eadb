package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.semantics.DomainException;

/// A sequence that drives a value out of the domain of the integer program: there are no figures of it, and no proof
/// could be made.
///
/// @param index its number among those that were run, from 0
/// @param start where it begins: the place of a window's first token in the text, the line of a text in its file
/// @param layer the block, and the number of blocks for what is behind them; -1 for the embedding
/// @param cause the first value outside that was met
public record OutsideDomain(int index, int start, int layer, DomainException cause) {
    static OutsideDomain of(IntegerModel model, int index, int start, DomainException cause) {
        int layers = model.layers().size();
        int layer = cause.operation().startsWith("embedding") ? -1 : 0;
        while (layer >= 0 && layer < layers && !cause.operation().startsWith("layer" + layer + ".")) {
            layer++;
        }
        return new OutsideDomain(index, start, layer, cause);
    }
}
