package dev.chagres.gpt2.model;

import dev.chagres.semantics.Interval;
import dev.chagres.semantics.NormBounds;
import java.lang.foreign.MemorySegment;

/// Proved accumulator intervals of single output channels, in exact integers, bias included.
public interface RowBounds {
    /// The interval of `sum_k weights[row][k] in[k] + bias` over everything the input can be.
    Interval of(MemorySegment weights, int row, int inputs, int bias);

    /// Inputs that are a normalised row: bounded one by one and in Euclidean norm.
    static RowBounds normalised(NormBounds norm) {
        return (weights, row, inputs, bias) -> {
            long magnitudes = 0;
            long squares = 0;
            long offset = 2L * row * inputs;
            for (int k = 0; k < inputs; k++) {
                long w = weights.get(IntegerLinear.WEIGHT, offset + 2L * k);
                magnitudes += Math.abs(w);
                squares += w * w;
            }
            long bound = norm.dotBound(magnitudes, squares);
            return new Interval(bias - bound, bias + bound);
        };
    }

    /// Inputs that each lie in `each`.
    static RowBounds boxed(Interval each) {
        return (weights, row, inputs, bias) -> {
            long positive = 0;
            long negative = 0;
            long offset = 2L * row * inputs;
            for (int k = 0; k < inputs; k++) {
                int w = weights.get(IntegerLinear.WEIGHT, offset + 2L * k);
                positive += Math.max(w, 0);
                negative += Math.min(w, 0);
            }
            return new Interval(
                    bias + positive * each.lo() + negative * each.hi(),
                    bias + positive * each.hi() + negative * each.lo());
        };
    }

    /// The union over all rows of a matrix.
    default Interval ofMatrix(MemorySegment weights, int outputs, int inputs, int[] bias) {
        Interval all = null;
        for (int j = 0; j < outputs; j++) {
            Interval row = of(weights, j, inputs, bias[j]);
            all = all == null ? row : all.union(row);
        }
        return all;
    }
}
