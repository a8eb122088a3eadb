package dev.chagres.gpt2.forgery;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.model.Circuit;
import dev.chagres.model.KeyColumn;
import dev.chagres.model.decoder.DecoderContent;
import dev.chagres.model.decoder.DecoderSpec;
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
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// A prover of a tiny model that can be told to cheat in one place and stays consistent elsewhere: it asserts nothing,
/// and after a change it may evaluate later operations again from the changed values.
final class CheatingProver implements AutoCloseable {
    static final String ROTARY = "1x6x36x20x32";
    private static final String WIDE = "1x130x1040x20x32";
    private static final int PROMPT = 5;
    private static final int GENERATED = 8;
    private static final int LOOKUP_WORK = 8;

    final ProvingKey key;
    /// The file of the proving key.
    final Path pk;
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
            pk = folder.resolve(seed + ".pk");
            verifyingKey = withoutWork(KeySetup.write(new ModelKeySource(
                    edit.apply(fixture.model())), pk, folder.resolve(seed + ".vk"), TestHosts.of(2), Progress.NONE));
            key = ProvingKey.open(pk);
        }
        int vocabulary = verifyingKey.spec().limits().vocabulary();
        int[] prompt = new SplittableRandom(seed).ints(promptLength, 0, vocabulary).toArray();
        sequence = new TokenSequence(
                TestEngines.of(1).generator(verifyingKey.spec(), key).generate(prompt, generated, _ -> { }),
                promptLength);
    }

    /// Six heads of three pairs of channels, two of keys; gated, with wide writes: a prover of a [RotaryModel].
    static CheatingProver rotary(Path folder, long seed) throws IOException {
        return new CheatingProver(folder, ROTARY, seed, PROMPT, GENERATED, RotaryModel.with(2, seed));
    }

    /// A prover of a model that is 1040 channels wide: groups of squares are shifted by 6 bits.
    static CheatingProver wide(Path folder, long seed) throws IOException {
        return new CheatingProver(folder, WIDE, seed, PROMPT, 1, RotaryModel.with(2, 1, 4, seed));
    }

    /// A prover with a key that has been made.
    ///
    /// @param sequence what the model generates
    CheatingProver(Path pk, VerifyingKey verifyingKey, TokenSequence sequence) throws IOException {
        this.pk = pk;
        this.verifyingKey = verifyingKey;
        this.key = ProvingKey.open(pk);
        this.sequence = sequence;
    }

    /// The key with more queries and next to no work: worth as much, and many proofs take less time.
    private static VerifyingKey withoutWork(VerifyingKey key) {
        CommitmentParameters parameters = CommitmentParameters.of(key.parameters().k(), 100, 0, LOOKUP_WORK);
        return new VerifyingKey(key.name(), key.tokenizer(), key.spec(), parameters, key.root());
    }

    /// A longer sequence with the same prompt, generated by the model.
    ///
    /// @param rows that the model runs on
    TokenSequence continued(int rows) {
        int[] prompt = sequence.prompt();
        return new TokenSequence(TestEngines.of(1).generator(verifyingKey.spec(), key)
                .generate(prompt, rows + 1 - prompt.length, _ -> { }), prompt.length);
    }

    /// What the key says of its model.
    DecoderSpec spec() {
        return (DecoderSpec) verifyingKey.spec();
    }

    /// Data of the key column of this name.
    HostTensor keyTensor(String name) {
        List<KeyColumn> columns = spec().inference(1).key();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).column().name().equals(name)) {
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
        private final DecoderSpec spec;
        private final IntegerRun run;
        private final int[] inputs;
        private final int rows;

        Run(TokenSequence about, Map<String, HostTensor> otherKeyData) {
            this(CheatingProver.this.spec(), about, otherKeyData);
        }

        /// A run of a graph that is not that of the key.
        Run(DecoderSpec other, TokenSequence about, Map<String, HostTensor> otherKeyData) {
            this(about, other, other == CheatingProver.this.spec() ? otherKeyData : defined(other));
            run.rows(0, rows);
            for (Operation o : graph.operations()) {
                finish(o);
            }
        }

        /// A run with the values of another one over tensors of the same names and shapes, whatever they are.
        Run(Run values) {
            this(values.about, CheatingProver.this.spec(), Map.of());
            for (Operation o : graph.operations()) {
                o.columns().forEach(c -> copy(values.data(c.name()), data(c.name())));
                o.segments().stream().flatMap(s -> s.components().stream()).forEach(c -> {
                    if (c instanceof TupleComponent.Proved p) {
                        copy(values.virtual(p.virtual().name()), virtual(p.virtual().name()));
                    }
                });
            }
        }

        /// A run of which nothing is evaluated.
        private Run(TokenSequence about, DecoderSpec spec, Map<String, HostTensor> otherKeyData) {
            this.spec = spec;
            Circuit compiled = spec.compile(about);
            graph = compiled.graph();
            rows = compiled.rows().padded();
            inputs = about.inputs();
            this.about = about;
            Function<Column, HostTensor> own = key.of(compiled);
            witness = new Witness(graph, c -> otherKeyData.getOrDefault(c.name(), own.apply(c)),
                    TestHosts.of(1).memory());
            run = new IntegerRun(graph, witness, inputs, TestHosts.of(1));
        }

        /// The columns that a description defines, which are not those of the key.
        private static Map<String, HostTensor> defined(DecoderSpec spec) {
            Map<String, HostTensor> result = new HashMap<>();
            for (KeyColumn k : spec.inference(1).key()) {
                if (k.content() instanceof DecoderContent.Defined d) {
                    long size = k.column().shape().size();
                    HostTensor values = new HostTensor(Arena.ofAuto().allocate(Integer.BYTES * size, 64), 32);
                    for (long i = 0; i < size; i++) {
                        values.set(i, Math.toIntExact(d.function().at(i)));
                    }
                    result.put(k.column().name(), values);
                }
            }
            return result;
        }

        private static void copy(HostTensor from, HostTensor to) {
            for (long i = 0; i < to.size(); i++) {
                to.set(i, from.get(i));
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
            return HostTensor.of(witness.of(column(column)));
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

        DecoderSpec spec() {
            return spec;
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

    /// A proof made for a key by a prover that has its own idea of the parameters.
    byte[] prove(VerifyingKey named, CommitmentParameters parameters, TokenSequence about,
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
