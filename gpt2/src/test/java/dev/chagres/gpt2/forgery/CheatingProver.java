package dev.chagres.gpt2.forgery;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.gpt2.engine.Generator;
import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.gpt2.graph.Gpt2Spec;
import dev.chagres.gpt2.graph.Sequence;
import dev.chagres.gpt2.key.KeySetup;
import dev.chagres.gpt2.key.ProvingKey;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.gpt2.verify.Gpt2Verifier;
import dev.chagres.gpt2.verify.ProofFile;
import dev.chagres.gpt2.verify.Verdict;
import dev.chagres.gpt2.verify.VerifyingKey;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.lookup.Component;
import dev.chagres.lookup.Virtual;
import dev.chagres.prove.GraphProver;
import dev.chagres.prove.IntegerRun;
import dev.chagres.prove.Progress;
import dev.chagres.prove.ProverOptions;
import dev.chagres.prove.Witness;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// A prover of a tiny model that can be told to cheat in one place and stays consistent elsewhere: it asserts nothing, and
/// after a change it may evaluate later operations again from the changed values.
final class CheatingProver implements AutoCloseable {
    private static final int PROMPT = 5;
    private static final int GENERATED = 8;
    private static final int LOOKUP_WORK = 8;

    final ProvingKey key;
    final VerifyingKey verifyingKey;
    final Sequence sequence;

    CheatingProver(Path folder, String shape, long seed) throws IOException {
        this(folder, shape, seed, PROMPT, GENERATED);
    }

    CheatingProver(Path folder, String shape, long seed, int promptLength, int generated) throws IOException {
        this(folder, shape, seed, promptLength, generated, UnaryOperator.identity());
    }

    /// @param edit changes the model before its key is made
    CheatingProver(Path folder, String shape, long seed, int promptLength, int generated, UnaryOperator<IntegerModel> edit)
            throws IOException {
        Path model = Files.createDirectory(folder.resolve("model" + seed));
        try (SyntheticFixture fixture = new SyntheticFixture(shape, seed, model)) {
            Path pk = folder.resolve(seed + ".pk");
            verifyingKey = withoutWork(KeySetup.write(
                    edit.apply(fixture.model()), pk, folder.resolve(seed + ".vk"), 2, Progress.NONE));
            key = ProvingKey.open(pk);
        }
        int vocabulary = verifyingKey.spec().shape().vocab();
        int[] prompt = new SplittableRandom(seed).ints(promptLength, 0, vocabulary).toArray();
        sequence = new Sequence(
                new Generator(verifyingKey.spec(), key, 1).generate(prompt, generated, _ -> { }), promptLength);
    }

    /// The key with more queries and next to no work: worth as much, and many proofs take less time.
    private static VerifyingKey withoutWork(VerifyingKey key) {
        CommitmentParameters parameters = CommitmentParameters.of(key.parameters().k(), 100, 0, LOOKUP_WORK);
        return new VerifyingKey(key.name(), key.tokenizer(), key.spec(), parameters, key.root());
    }

    /// A run in progress.
    final class Run implements AutoCloseable {
        final Graph graph;
        final Witness witness;
        final Sequence about;
        private final IntegerRun run;
        private final int[] inputs;
        private final int rows;

        Run(Sequence about, Map<String, IntTensor> otherKeyData) {
            this(verifyingKey.spec(), about, otherKeyData);
        }

        /// A run of a graph that is not that of the key.
        Run(Gpt2Spec other, Sequence about, Map<String, IntTensor> otherKeyData) {
            Gpt2Graph compiled = Gpt2Graph.of(other, about);
            graph = compiled.graph();
            rows = compiled.rows().padded();
            inputs = about.inputs();
            this.about = about;
            witness = new Witness(graph, c -> otherKeyData.getOrDefault(c.name(), key.of(c)));
            run = new IntegerRun(graph, witness, inputs, 1);
            run.rows(0, rows);
            for (Operation o : graph.operations()) {
                finish(o);
            }
        }

        private void finish(Operation o) {
            try {
                o.finish(run);
            } catch (IllegalStateException notGreedy) {
                new HeadRows(this).differences();
            }
        }

        Column column(String name) {
            return graph.witnessColumns().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
        }

        IntTensor data(String column) {
            return witness.of(column(column));
        }

        private Virtual find(String virtual) {
            return graph.sections().stream().flatMap(s -> s.segments().stream())
                    .flatMap(s -> s.components().stream())
                    .filter(c -> c instanceof Component.Proved p && p.virtual().name().equals(virtual))
                    .map(c -> ((Component.Proved) c).virtual()).findFirst().orElseThrow();
        }

        IntTensor virtual(String name) {
            return witness.of(find(name));
        }

        Shape virtualShape(String name) {
            return find(name).shape();
        }

        Gpt2Spec spec() {
            return verifyingKey.spec();
        }

        /// Data of a key column.
        IntTensor key(String name) {
            return key.of(new Column(name, Shape.of(), Column.Tree.KEY));
        }

        /// Rows, padded ones included.
        int rows() {
            return rows;
        }

        Operation operation(String name) {
            return graph.operations().stream().filter(o -> o.name().equals(name)).findFirst().orElseThrow();
        }

        /// Evaluates everything after the named operation again. Where another id has become the greedy choice, a difference
        /// of logits is negative.
        void again(String after) {
            boolean later = false;
            for (Operation o : graph.operations()) {
                if (later) {
                    o.evaluate(run, 0, rows);
                    finish(o);
                }
                later |= o.name().equals(after);
            }
        }

        @Override
        public void close() {
            run.close();
            witness.close();
        }
    }

    /// The verdict on a proof whose witness is changed before and after the lookups are counted.
    Verdict verdict(Consumer<Run> beforeCount, Consumer<Run> afterCount) {
        return verdict(sequence, Map.of(), verifyingKey.parameters(), beforeCount, afterCount);
    }

    Verdict verdict(Sequence about, Map<String, IntTensor> otherKeyData, CommitmentParameters parameters,
            Consumer<Run> beforeCount, Consumer<Run> afterCount) {
        return new Gpt2Verifier(verifyingKey).verify(prove(about, otherKeyData, parameters, beforeCount, afterCount));
    }

    byte[] prove(Sequence about, Map<String, IntTensor> otherKeyData, CommitmentParameters parameters,
            Consumer<Run> beforeCount, Consumer<Run> afterCount) {
        return prove(about, otherKeyData, parameters, beforeCount, afterCount, ProverOptions.UNCHECKED);
    }

    byte[] prove(Sequence about, Map<String, IntTensor> otherKeyData, CommitmentParameters parameters,
            Consumer<Run> beforeCount, Consumer<Run> afterCount, ProverOptions options) {
        return prove(verifyingKey, parameters, about, otherKeyData, beforeCount, afterCount, options);
    }

    /// A proof made for another verifying key of the same weights.
    byte[] prove(VerifyingKey other, Sequence about, Map<String, IntTensor> otherKeyData, Consumer<Run> beforeCount,
            Consumer<Run> afterCount, ProverOptions options) {
        return prove(other, other.parameters(), about, otherKeyData, beforeCount, afterCount, options);
    }

    private byte[] prove(VerifyingKey named, CommitmentParameters parameters, Sequence about,
            Map<String, IntTensor> otherKeyData, Consumer<Run> beforeCount, Consumer<Run> afterCount, ProverOptions options) {
        try (Run r = new Run(about, otherKeyData)) {
            beforeCount.accept(r);
            Lookups.count(r.graph, r.witness);
            afterCount.accept(r);
            byte[] stream = new GraphProver(r.graph, parameters, key.commitment(), 1, options, Progress.NONE)
                    .prove(Gpt2Verifier.publicInput(named, about), r.witness);
            return new ProofFile(named.digest(), about, stream).encode();
        }
    }

    static void nothing(Run run) {
        // the honest step
    }

    @Override
    public void close() {
        key.close();
    }
}
