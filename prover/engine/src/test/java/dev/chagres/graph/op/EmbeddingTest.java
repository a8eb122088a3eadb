package dev.chagres.graph.op;

import dev.chagres.graph.Width;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Embeddings of sequences shorter than the context, as long, and of contexts that are no multiple of a block.
final class EmbeddingTest extends OperationLaws {
    private static final int BOUND = 1 << 25;

    @Override
    Stream<OperationFixture> fixtures() {
        return Stream.of(
                embedding("one short block of a long context", 5, 300, Width.of(20), Width.of(37)),
                embedding("a context shorter than its block", 9, 9, Width.of(16), Width.of(16)),
                embedding("two blocks, three groups of channels", 150, 150, Width.of(45), Width.of(100)),
                embedding("three blocks, groups of words", 300, 1000, Width.of(12), Width.of(333)),
                tokensAlone("one short block without positions", 7, Width.of(20), Width.of(37), 11),
                tokensAlone("two blocks without positions", 150, Width.of(45), Width.of(100), 0));
    }

    private static OperationFixture tokensAlone(String what, int rows, Width width, Width vocabulary, int shift) {
        int[] ids = new SplittableRandom(rows).ints(rows, 0, vocabulary.size()).toArray();
        OperationFixture f = new OperationFixture(what, rows, ids);
        SplittableRandom random = new SplittableRandom(4);
        return f.of(new Embedding("e", f.rows(), ids, width, vocabulary,
                f.key("tokens", Embedding.tokenShape(width, vocabulary), 16, _ -> random.nextInt(-16000, 16000)),
                Optional.empty(), shift));
    }

    private static OperationFixture embedding(String what, int rows, int context, Width width, Width vocabulary) {
        int[] ids = new SplittableRandom(rows).ints(rows, 0, vocabulary.size()).toArray();
        OperationFixture f = new OperationFixture(what, rows, ids);
        SplittableRandom random = new SplittableRandom(4);
        return f.of(new Embedding("e", f.rows(), ids, width, vocabulary,
                f.key("tokens", Embedding.tokenShape(width, vocabulary), 32, _ -> random.nextInt(-BOUND, BOUND)),
                Optional.of(f.key("positions", Embedding.positionShape(context, width), 32,
                        _ -> random.nextInt(-BOUND, BOUND))), 0));
    }
}
