package dev.chagres.graph.op;

import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Width;
import dev.chagres.tensor.Column;
import java.util.stream.Stream;

/// Greedy choices of one row, of several across blocks, and between words with equal logits.
final class ArgmaxHeadTest extends OperationLaws {
    private static final int INPUT = 500;
    private static final int WEIGHT = 300;
    private static final int NEVER = -ArgmaxHead.LOGIT_LIMIT;

    @Override
    Stream<OperationFixture> fixtures() {
        return Stream.of(
                head("one row of a short block", 5, 4, 1, Width.of(20), Width.of(37)),
                head("every row of a block", 16, 0, 16, Width.of(16), Width.of(16)),
                head("rows across blocks, three groups", 140, 100, 33, Width.of(45), Width.of(100)),
                head("several blocks of choices", 300, 20, 270, Width.of(10), Width.of(20)));
    }

    /// Words 0 and 1, 2 and 3, ... have equal weights, so that every choice is one between two largest logits.
    private static OperationFixture head(String what, int rows, int first, int count, Width width, Width words) {
        OperationFixture f = new OperationFixture(what, rows);
        Column n = f.input("n", width, "k", (t, c) -> input(width, t, c));
        Column weight = f.key("head.weight", MatrixProduct.weightShape(width, words), 16, x -> {
            long low = x & ((1L << (width.bits() + words.bits())) - 1);
            long tile = x >> (width.bits() + words.bits());
            return weight(width, words,
                    (int) ((tile % width.count() << width.bits()) + (low & ((1L << width.bits()) - 1))),
                    (int) ((tile / width.count() << words.bits()) + (low >> width.bits())));
        });
        Column bias = f.key("head.bias", MatrixProduct.biasShape(words), 32, v -> bias(words, (int) v));
        int[] ids = new int[count];
        for (int r = 0; r < count; r++) {
            ids[r] = choice(width, words, first + r);
        }
        f.reads(n, first, 0);
        f.reads(n, first + count - 1, width.size() - 1);
        return f.of(new ArgmaxHead("h", f.rows(), first, ids,
                new MatrixProduct(n, weight, bias, width, words), f.tables()));
    }

    private static int choice(Width width, Width words, int row) {
        int best = 0;
        for (int v = 1; v < words.size(); v++) {
            best = logit(width, words, row, v) > logit(width, words, row, best) ? v : best;
        }
        return best;
    }

    private static int logit(Width width, Width words, int row, int word) {
        int sum = bias(words, word);
        for (int c = 0; c < width.size(); c++) {
            sum += input(width, row, c) * weight(width, words, c, word);
        }
        return sum;
    }

    private static int input(Width width, int row, int channel) {
        return OperationFixture.isReal(width, channel) ? OperationFixture.random(6, row, channel, INPUT) : 0;
    }

    private static int weight(Width width, Width words, int channel, int word) {
        return OperationFixture.isReal(width, channel) && OperationFixture.isReal(words, word)
                ? OperationFixture.random(7, word / 2, channel, WEIGHT) : 0;
    }

    private static int bias(Width words, int word) {
        return OperationFixture.isReal(words, word) ? OperationFixture.random(8, word / 2, 0, WEIGHT) : NEVER;
    }
}
