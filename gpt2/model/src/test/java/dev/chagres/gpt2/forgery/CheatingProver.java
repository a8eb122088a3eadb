package dev.chagres.gpt2.forgery;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.gpt2.model.Gpt2KeySource;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.model.Circuit;
import dev.chagres.model.gpt2.Gpt2Spec;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.TestEngines;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.GraphProver;
import dev.chagres.prove.run.ProverOptions;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// A prover of a tiny model that can be told to cheat in one place and stays consistent elsewhere: it asserts nothing,
/// and after a change it may evaluate later operations again from the changed values.
final class CheatingProver implements AutoCloseable {
    private static final int PROMPT = 5;
    private static final int GENERATED = 8;
    private static final int LOOKUP_WORK = 8;

    final ProvingKey key;
    final VerifyingKey verifyingKey;
    final TokenSequence sequence;

    CheatingProver(Path folder, String shape, long seed) throws IOException {
        this(folder, shape, seed, PROMPT, GENERATED);
    }

    CheatingProver(Path folder, String shape, long seed, int promptLength, int generated) throws IOException {
        this(folder, shape, seed, promptLength, generated, UnaryOperator.identity());
    }

    /// @param edit changes the model before its key is made
    CheatingProver(Path folder, String shape, long seed, int promptLength, int generated,
            UnaryOperator<IntegerModel> edit)
            throws IOException {
        Path model = Files.createDirectory(folder.resolve("model" + seed));
        try (SyntheticFixture fixture = new SyntheticFixture(shape, seed, model)) {
            Path pk = folder.resolve(seed + ".pk");
            verifyingKey = withoutWork(KeySetup.write(new Gpt2KeySource(
                    edit.apply(fixture.model())), pk, folder.resolve(seed + ".vk"), TestHosts.of(2), Progress.NONE));
            key = ProvingKey.open(pk);
        }
        int vocabulary = verifyingKey.spec().limits().vocabulary();
        int[] prompt = new SplittableRandom(seed).ints(promptLength, 0, vocabulary).toArray();
        sequence = new TokenSequence(
                TestEngines.of(1).generator(verifyingKey.spec(), key).generate(prompt, generated, _ -> { }),
                promptLength);
    }

    /// The key with more queries and next to no work: worth as much, and many proofs take less time.
    private static VerifyingKey withoutWork(VerifyingKey key) {
        CommitmentParameters parameters = CommitmentParameters.of(key.parameters().k(), 100, 0, LOOKUP_WORK);
        return new VerifyingKey(key.name(), key.tokenizer(), key.spec(), parameters, key.root());
    }

    /// What the key says of its model.
    Gpt2Spec spec() {
        return (Gpt2Spec) verifyingKey.spec();
    }

    /// Data of the key column of this name.
    HostTensor keyTensor(String name) {
        List<Column> columns = spec().inference(1).keyColumns();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return key.tensor(i);
            }
        }
        throw new IllegalArgumentException("no key column " + name);
    }

    /// A run in progress.
    final class Run implements AutoCloseable {
        final Graph graph;
        final Witness witness;
        final TokenSequence about;
        private final IntegerRun run;
        private final int[] inputs;
        private final int rows;

        Run(TokenSequence about, Map<String, HostTensor> otherKeyData) {
            this(CheatingProver.this.spec(), about, otherKeyData);
        }

        /// A run of a graph that is not that of the key.
        Run(Gpt2Spec other, TokenSequence about, Map<String, HostTensor> otherKeyData) {
            Circuit compiled = other.compile(about);
            graph = compiled.graph();
            rows = compiled.rows().padded();
            inputs = about.inputs();
            this.about = about;
            Function<Column, HostTensor> own = key.of(compiled);
            witness = new Witness(graph, c -> otherKeyData.getOrDefault(c.name(), own.apply(c)),
                    TestHosts.of(1).memory());
            run = new IntegerRun(graph, witness, inputs, TestHosts.of(1));
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

        HostTensor data(String column) {
            return witness.of(column(column));
        }

        private VirtualTensor find(String virtual) {
            return graph.sections().stream().flatMap(s -> s.segments().stream())
                    .flatMap(s -> s.components().stream())
                    .filter(c -> c instanceof TupleComponent.Proved p && p.virtual().name().equals(virtual))
                    .map(c -> ((TupleComponent.Proved) c).virtual()).findFirst().orElseThrow();
        }

        HostTensor virtual(String name) {
            return witness.of(find(name));
        }

        Shape virtualShape(String name) {
            return find(name).shape();
        }

        Gpt2Spec spec() {
            return CheatingProver.this.spec();
        }

        /// Data of a key column.
        HostTensor key(String name) {
            return keyTensor(name);
        }

        /// Rows, padded ones included.
        int rows() {
            return rows;
        }

        Operation operation(String name) {
            return graph.operations().stream().filter(o -> o.name().equals(name)).findFirst().orElseThrow();
        }

        /// Evaluates everything after the named operation again. Where another id has become the greedy choice, a
        /// difference of logits is negative.
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

    Verdict verdict(TokenSequence about, Map<String, HostTensor> otherKeyData, CommitmentParameters parameters,
            Consumer<Run> beforeCount, Consumer<Run> afterCount) {
        return new Verifier(verifyingKey).verify(prove(about, otherKeyData, parameters, beforeCount, afterCount));
    }

    byte[] prove(TokenSequence about, Map<String, HostTensor> otherKeyData, CommitmentParameters parameters,
            Consumer<Run> beforeCount, Consumer<Run> afterCount) {
        return prove(about, otherKeyData, parameters, beforeCount, afterCount, ProverOptions.UNCHECKED);
    }

    byte[] prove(TokenSequence about, Map<String, HostTensor> otherKeyData, CommitmentParameters parameters,
            Consumer<Run> beforeCount, Consumer<Run> afterCount, ProverOptions options) {
        return prove(verifyingKey, parameters, about, otherKeyData, beforeCount, afterCount, options);
    }

    /// A proof made for another verifying key of the same weights.
    byte[] prove(VerifyingKey other, TokenSequence about, Map<String, HostTensor> otherKeyData,
            Consumer<Run> beforeCount, Consumer<Run> afterCount, ProverOptions options) {
        return prove(other, other.parameters(), about, otherKeyData, beforeCount, afterCount, options);
    }

    private byte[] prove(VerifyingKey named, CommitmentParameters parameters, TokenSequence about,
            Map<String, HostTensor> otherKeyData, Consumer<Run> beforeCount, Consumer<Run> afterCount,
            ProverOptions options) {
        try (Run r = new Run(about, otherKeyData)) {
            beforeCount.accept(r);
            Lookups.count(r.graph, r.witness);
            afterCount.accept(r);
            byte[] stream = new GraphProver(TestHosts.of(1), r.graph, parameters, key.commitment(TestHosts.of(1)),
                    options, Progress.NONE)
                    .prove(Verifier.publicInput(named, about, Binding.NONE), r.witness);
            return new Proof(named.digest(), about, stream).encode();
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
