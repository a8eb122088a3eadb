package dev.chagres.gpt2.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.oracle.Decoders;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.model.Circuit;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.TestEngines;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.FilledKeyData;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is measured is what is proved: the logits of an evaluation are those of a proof of the same tokens.
class LogitsOfAProofTest {
    private static final int PROMPT = 140;
    private static final int GENERATED = 9;

    @TempDir
    private static Path folder;

    private static SyntheticFixture fixture;

    private enum Family {
        /// Learned positions, plain MLPs.
        GPT2,
        /// Rotated positions, one head of keys for three of queries, gated MLPs, wide writes.
        LLAMA;

        IntegerModel model() {
            return this == GPT2 ? fixture.model()
                    : Decoders.of(fixture.model(), new Decoders.Kind(1, true, 9, 9, 4, 1), 23);
        }
    }

    @BeforeAll
    static void open() {
        fixture = new SyntheticFixture("2x3x72x50x200", 7, folder);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static int[] prompt() {
        return new SplittableRandom(4).ints(PROMPT, 0, 50).toArray();
    }

    private static int[][] logits(Engine engine, IntegerModel model, int[] ids) {
        try (Evaluation evaluation = new Evaluation(engine, model);
                var run = evaluation.infer(ids, Progress.NONE)) {
            return run.logits(0, ids.length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void logitsAreThoseOfAProof(Family family) throws IOException {
        IntegerModel model = family.model();
        ModelKeySource source = new ModelKeySource(model);
        Path pk = folder.resolve("model.pk");
        VerifyingKey key = TestEngines.of(2).setup(source, pk, folder.resolve("model.vk"), Progress.NONE);
        TokenSequence sequence;
        try (ProvingKey open = ProvingKey.open(pk)) {
            Proof proof = TestEngines.of(2).prover(open).generateAndProve(prompt(), GENERATED, _ -> { });
            assertThat(new Verifier(key).verify(proof.encode())).isInstanceOf(Verdict.Accepted.class);
            sequence = proof.sequence();
        }
        int[][] logits = logits(TestEngines.of(2), model, sequence.inputs());
        int[] chosen = chosenLogits(source, sequence);
        for (int i = 0; i < GENERATED; i++) {
            int[] row = logits[PROMPT - 1 + i];
            int id = sequence.generated()[i];
            assertThat(row[id]).as("logit of the id that row %d proves", i).isEqualTo(chosen[i]);
            assertThat(Arrays.stream(row).max().orElseThrow()).isEqualTo(row[id]);
        }
    }

    /// The reference values that a proof of the sequence commits to: the logits of the generated ids.
    private static int[] chosenLogits(ModelKeySource source, TokenSequence sequence) {
        Circuit circuit = source.spec().compile(sequence);
        try (FilledKeyData data = new FilledKeyData(source);
                Witness witness = new Witness(circuit.graph(), data.of(circuit), TestHosts.of(1).memory());
                IntegerRun run = new IntegerRun(circuit.graph(), witness, sequence.inputs(), TestHosts.of(1))) {
            run.rows(0, circuit.rows().padded());
            run.finish();
            Column chosen = circuit.graph().witnessColumns().stream().filter(c -> c.name().equals("head.chosen"))
                    .findFirst().orElseThrow();
            int[] values = new int[GENERATED];
            Arrays.setAll(values, i -> witness.of(chosen).get(i));
            return values;
        }
    }

    /// Equal to the interpreter's on every kernel and number of threads.
    @ParameterizedTest
    @EnumSource
    void logitsDoNotDependOnTheMachine(Family family) {
        IntegerModel model = family.model();
        int[] ids = prompt();
        long[][] expected = new ReferenceInference(model).logits(ids);
        List<Backend> backends = new ArrayList<>(List.of(Backends.scalar(), Backends.byName("vector")));
        if (!backends.contains(Backends.ofProperty())) {
            backends.add(Backends.ofProperty());
        }
        for (Backend backend : backends) {
            for (int threads : new int[] {1, 2}) {
                try (Engine engine = Engine.builder().kernels(backend).threads(threads).build()) {
                    int[][] actual = logits(engine, model, ids);
                    for (int t = 0; t < ids.length; t++) {
                        assertThat(Arrays.stream(actual[t]).asLongStream().toArray())
                                .as("%s, %d threads, row %d", backend.name(), threads, t).isEqualTo(expected[t]);
                    }
                }
            }
        }
    }
}
