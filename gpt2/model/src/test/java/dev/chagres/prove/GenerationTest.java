package dev.chagres.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.SpecEdits;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.model.PublicSpec;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.model.Circuit;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.FilledKeyData;
import dev.chagres.prove.lookup.MultiplicityCounter;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.prove.run.Streams;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Tensors;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.TokenSequence;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A generation leaves the witness that one evaluation of the whole sequence gives.
class GenerationTest {
    @TempDir
    private static Path folder;

    private static SyntheticFixture fixture;
    private static FilledKeyData key;
    private static DecoderSpec spec;

    @BeforeAll
    static void open() {
        fixture = new SyntheticFixture("2x3x72x50x300", 7, folder);
        key = new FilledKeyData(new ModelKeySource(fixture.model()));
        spec = PublicSpec.of(fixture.model());
    }

    @AfterAll
    static void close() {
        key.close();
        fixture.close();
    }

    private static int[] prompt(int length) {
        return new SplittableRandom(length).ints(length, 0, spec.shape().vocab()).toArray();
    }

    private static Witness complete(Circuit graph, Generation.Part part, int threads) {
        try (IntegerRun run = new IntegerRun(graph.graph(), part.witness(), part.lacking().tokens(),
                TestHosts.of(threads))) {
            run.rows(part.lacking().from(), part.lacking().to());
            run.finish();
        }
        return part.witness();
    }

    /// Generates, completes the witness for the sequence and compares it with one evaluation on one thread.
    private static TokenSequence check(DecoderSpec model, int promptLength, int count, int threads) {
        List<Integer> heard = new ArrayList<>();
        try (Generation generation = TestEngines.of(threads).generator(model, key)
                .start(prompt(promptLength), count, MemoryPlan.unlimited(threads))) {
            generation.run(Progress.NONE, heard::add);
            TokenSequence sequence = generation.sequence();
            assertThat(sequence.generated()).isEqualTo(heard.stream().mapToInt(Integer::intValue).toArray());
            Circuit graph = model.compile(sequence);
            Circuit again = model.compile(sequence);
            try (Witness generated = complete(graph, generation.part(graph), threads);
                    Witness evaluated = complete(
                            again, Generation.nothing(TestHosts.of(1), again, sequence, key, MemoryPlan.unlimited(1)),
                            1)) {
                Tensors.assertEqual(Tensors.of(graph.graph(), generated), Tensors.of(again.graph(), evaluated));
                // Every range, every pair and every triple of the witness is in its table.
                MultiplicityCounter counter = new MultiplicityCounter(generated::of, generated::of, TestHosts.of(1));
                graph.graph().sections().forEach(s -> counter.count(s.segments()));
                checkOutline(model, sequence, count, threads, again, evaluated);
            }
            return sequence;
        }
    }

    /// Who keeps one section at a time has the same streams, whether the rows were drafted or given.
    private static void checkOutline(DecoderSpec model, TokenSequence sequence, int count, int threads,
            Circuit circuit, Witness evaluated) {
        ByteArrayOutputStream streams = new ByteArrayOutputStream();
        try {
            Streams.write(new DataOutputStream(streams), circuit.graph(), evaluated);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int[] prompt = Arrays.copyOf(sequence.ids(), sequence.promptLength());
        try (Generation generation = TestEngines.of(threads).generator(model, key)
                .start(prompt, count, MemoryPlan.unlimited(threads))) {
            assertThat(generation.outline(Progress.NONE, _ -> { }).streams()).isEqualTo(streams.toByteArray());
            assertThat(generation.sequence().ids()).isEqualTo(sequence.ids());
        }
        assertThat(Generation.outline(TestHosts.of(1), circuit, sequence, key, MemoryPlan.unlimited(1)).streams())
                .isEqualTo(streams.toByteArray());
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 40, 2", "20, 12, 3", "100, 60, 2", "126, 5, 2", "128, 1, 1", "200, 70, 2"})
    void theWitnessIsThatOfOneEvaluation(int promptLength, int count, int threads) {
        TokenSequence sequence = check(spec, promptLength, count, threads);
        assertThat(sequence.generated()).hasSize(count);
    }

    /// Who waits for the first id sees how far the prompt is, section by section.
    @Test
    void theSectionsOfThePromptAreTold() {
        List<String> heard = new ArrayList<>();
        Progress listener = new Progress() {
            @Override
            public void phase(String name, long steps) {
                heard.add(name + " " + steps);
            }

            @Override
            public void step() {
                heard.add("step");
            }

            @Override
            public void within(String what, long done, long parts) {
                heard.add(what + " " + done + "/" + parts);
            }
        };
        int sections = spec.inference(20 + 3 - 1).graph().sections().size();
        List<String> expected = new ArrayList<>(List.of("generate 3"));
        for (int i = 0; i <= sections; i++) {
            expected.add("prompt " + i + "/" + sections);
        }
        expected.addAll(List.of("id", "step", "id", "step", "id", "step"));
        Generator generator = TestEngines.of(2).generator(spec, key);
        int[] ids = generator.progress(listener).generate(prompt(20), 3, _ -> heard.add("id"));
        assertThat(sections).isGreaterThan(1);
        assertThat(heard).isEqualTo(expected);
        assertThat(generator.generate(prompt(20), 3, _ -> { })).isEqualTo(ids);
    }

    @Test
    void aTextMayEndBlocksBeforeItsLimit() {
        stopsAt(120, 70, 4);
        stopsAt(120, 170, 10);
    }

    @Test
    void aTextMayEndInASmallerBlock() {
        stopsAt(20, 100, 5);
        stopsAt(1, 300, 1);
    }

    /// Makes the id that is generated as number `at` the end of text.
    private static void stopsAt(int promptLength, int count, int at) {
        int[] ids = TestEngines.of(2).generator(spec, key).generate(prompt(promptLength), at, _ -> { });
        ModelShape s = spec.shape();
        DecoderSpec ending = SpecEdits.withShape(spec,
                SpecEdits.withTokens(s, s.vocab(), s.context(), List.of(ids[ids.length - 1])));
        TokenSequence sequence = check(ending, promptLength, count, 2);
        int first = promptLength;
        while (ids[first] != ids[ids.length - 1]) {
            first++;
        }
        assertThat(sequence.ids()).isEqualTo(Arrays.copyOf(ids, first + 1));
    }
}
