package dev.chagres.gpt2.forgery;

import dev.chagres.graph.Width;
import dev.chagres.prove.data.HostTensor;

/// A matrix product of the key, one element at a time.
final class Product {
    private final Cells input;
    private final HostTensor weight;
    private final HostTensor bias;
    private final Width in;
    private final Width out;

    /// @param input name of the column of activations
    /// @param product name of the product in the key
    Product(CheatingProver.Run r, String input, String product, Width in, Width out) {
        this.input = new Cells(r, input);
        this.weight = r.key(product + ".weight");
        this.bias = r.key(product + ".bias");
        this.in = in;
        this.out = out;
    }

    /// The accumulator of a row and an output channel, padded ones included.
    long at(int row, int j) {
        long sum = bias.get(j);
        for (int k = 0; k < in.padded(); k++) {
            long tile = (long) (j >> out.bits()) * in.count() + (k >> in.bits());
            long inside = (long) (j & ((1 << out.bits()) - 1)) << in.bits() | (k & ((1 << in.bits()) - 1));
            sum += (long) input.get(row, k) * weight.get((tile << in.bits() + out.bits()) + inside);
        }
        return sum;
    }
}
