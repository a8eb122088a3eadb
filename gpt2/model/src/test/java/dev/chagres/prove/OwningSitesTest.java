package dev.chagres.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.oracle.Decoders;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.remote.RemoteSite;
import dev.chagres.prove.remote.Traffic;
import dev.chagres.semantics.DomainException;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One proof over sites that own their tensors, with a coordinator that has none: the bytes of a local proof, whatever
/// happens to the sites.
final class OwningSitesTest {
    private static final int[] PROMPT = new SplittableRandom(1).ints(9, 0, 30).toArray();
    private static final int GENERATED = 11;

    @TempDir
    private static Path folder;

    private enum Family {
        GPT2, LLAMA;

        private ProvingKey key;
        private TokenSequence sequence;
        private byte[] local;

        Path pk() {
            return folder.resolve(name() + ".pk");
        }

        void setUp() throws IOException {
            try (SyntheticFixture base = new SyntheticFixture(
                    "4x2x16x33x64", 5, Files.createDirectory(folder.resolve(name())))) {
                IntegerModel model = this == GPT2 ? base.model()
                        : Decoders.of(base.model(), new Decoders.Kind(1, true, 9, 9, 4, 1), 17);
                KeySetup.write(new ModelKeySource(model), pk(), folder.resolve(name() + ".vk"), TestHosts.of(2),
                        Progress.NONE);
            }
            key = ProvingKey.open(pk());
            sequence = new TokenSequence(TestEngines.of(2).generator(key.verifyingKey().spec(), key)
                    .generate(PROMPT, GENERATED, _ -> { }), PROMPT.length);
            local = TestEngines.of(2).prover(key).prove(sequence).encode();
        }
    }

    @BeforeAll
    static void setUp() throws IOException {
        for (Family family : Family.values()) {
            family.setUp();
        }
    }

    @AfterAll
    static void close() {
        for (Family family : Family.values()) {
            family.key.close();
        }
    }

    private static byte[] prove(Family family, SitesHere sites, Traffic traffic) {
        return TestEngines.of(2).prover(family.key).over(sites, traffic).prove(family.sequence).encode();
    }

    // --- the same bytes ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"GPT2, 1, 2", "GPT2, 2, 1", "GPT2, 3, 2", "GPT2, 5, 1", "LLAMA, 1, 1", "LLAMA, 2, 2", "LLAMA, 3, 1",
        "LLAMA, 5, 1"})
    void theProofDoesNotDependOnTheSites(Family family, int count, int threads) {
        Traffic traffic = new Traffic();
        try (SitesHere sites = new SitesHere(family.pk(), count, threads)) {
            assertThat(prove(family, sites, traffic)).isEqualTo(family.local);
        }
        assertThat(traffic.kinds().stream().map(Traffic.Kind::name)).containsExactlyInAnyOrder("shared", "count",
                "chunk", "section", "head sums", "fold", "combine", "columns");
        assertThat(traffic.kinds()).allSatisfy(kind -> assertThat(kind.down()).isPositive());
    }

    /// Prompts and texts that end within a block of rows, at its end, and after the first one.
    @ParameterizedTest
    @CsvSource({"GPT2, 9, 11", "GPT2, 1, 1", "GPT2, 16, 17", "LLAMA, 9, 11", "LLAMA, 31, 3", "LLAMA, 50, 14"})
    void theCoordinatorGenerates(Family family, int prompt, int generated) {
        int[] ids = new SplittableRandom(prompt).ints(prompt, 0, 30).toArray();
        byte[] local = TestEngines.of(2).prover(family.key).generateAndProve(ids, generated, _ -> { }).encode();
        try (SitesHere sites = new SitesHere(family.pk(), 2, 1)) {
            List<Integer> seen = new ArrayList<>();
            assertThat(TestEngines.of(2).prover(family.key).over(sites, new Traffic())
                    .generateAndProve(ids, generated, seen::add).encode()).isEqualTo(local);
            assertThat(seen).hasSizeBetween(1, generated);
        }
    }

    // --- memory ------------------------------------------------------------------------------------------------------

    private static final long TINY = 1 << 20;

    /// Bytes that a refusal asks for.
    private static long needed(String who, Throwable refusal) {
        Matcher asks = Pattern.compile(who + " needs at least (\\d+) MiB of memory, 1 MiB are allowed; raise --memory.*")
                .matcher(String.valueOf(refusal.getMessage()));
        assertThat(asks.find()).as("%s", refusal).isTrue();
        assertThat(refusal.getMessage()).doesNotContain("\n");
        return Long.parseLong(asks.group(1)) << 20;
    }

    /// What the coordinator asks for, before it has generated, shared or asked anything.
    private static long neededByTheCoordinator(Family family, Path spill) {
        try (Engine tiny = limited(TINY, spill);
                SitesHere sites = new SitesHere(family.pk(), 2, 1).with((_, _) -> fail("nobody is asked"))) {
            Traffic traffic = new Traffic();
            IllegalArgumentException refusal = catchThrowableOfType(IllegalArgumentException.class, () ->
                    tiny.prover(family.key).over(sites, traffic).generateAndProve(PROMPT, GENERATED, _ ->
                            fail("it generates")));
            assertThat(traffic.kinds()).isEmpty();
            return needed("the coordinator of this proof", refusal);
        }
    }

    /// What one of several sites asks for, in its first answer.
    private static long neededByASite(Family family, int count, Path spill) {
        try (SitesHere sites = new SitesHere(family.pk(), count, () -> limited(TINY, spill))) {
            IllegalStateException refusal = catchThrowableOfType(IllegalStateException.class, () ->
                    prove(family, sites, new Traffic()));
            assertThat(refusal).hasMessageStartingWith("site ").hasMessageContaining(", task count: ");
            return needed(count == 1 ? "the one site of this proof" : "a site of " + count + " of this proof", refusal);
        }
    }

    /// Sites and coordinator have no more than what they ask for; they spill and spare what they can, and one of the
    /// sites does so with all sections.
    @ParameterizedTest
    @CsvSource({"GPT2, false", "LLAMA, false", "LLAMA, true"})
    void everybodyProvesInWhatItAsksFor(Family family, boolean lost, @TempDir Path spill) {
        long here = neededByTheCoordinator(family, spill);
        long there = neededByASite(family, 2, spill);
        Traffic traffic = new Traffic();
        try (Engine coordinator = limited(here, spill);
                SitesHere sites = new SitesHere(family.pk(), 2, () -> limited(there, spill)).with((site, _) -> {
                    if (lost && site == 1 && answered(traffic, "count")) {
                        throw new IOException("site 1 is lost");
                    }
                })) {
            assertThat(coordinator.prover(family.key).over(sites, traffic)
                    .generateAndProve(PROMPT, GENERATED, _ -> { }).encode()).isEqualTo(family.local);
            assertThat(coordinator.memory().peak()).isPositive().isLessThan(here - MemoryLimit.ofMachine());
            assertThat(sites.peak()).isPositive().isLessThan(there - MemoryLimit.ofMachine());
        }
        assertThat(spill).isEmptyDirectory();
    }

    private static Engine limited(long bytes, Path spill) {
        return Engine.builder().threads(1).memory(new MemoryLimit(bytes, spill)).build();
    }

    /// Between generation and the tree over the committed columns it holds no large memory at all.
    @ParameterizedTest
    @EnumSource(Family.class)
    void theCoordinatorHasNoTensors(Family family) {
        List<Long> held = new CopyOnWriteArrayList<>();
        try (Engine coordinator = Engine.builder().threads(1).build();
                SitesHere sites = new SitesHere(family.pk(), 2, 1)) {
            sites.with((_, job) -> {
                if (kind(job) < 2) { // counts, chunks
                    held.add(coordinator.memory().used());
                }
            });
            assertThat(coordinator.prover(family.key).over(sites, new Traffic()).prove(family.sequence).encode())
                    .isEqualTo(family.local);
        }
        assertThat(held).isNotEmpty().containsOnly(0L);
    }

    /// Sites have one job at a time while none is lost.
    @Test
    void aSiteHasOneJobAtATime() {
        Map<Integer, AtomicInteger> running = new ConcurrentHashMap<>();
        AtomicInteger most = new AtomicInteger();
        try (SitesHere sites = new SitesHere(Family.GPT2.pk(), 2, 1).with((site, _) ->
                most.accumulateAndGet(running.computeIfAbsent(site, _ -> new AtomicInteger()).incrementAndGet(),
                        Math::max)).answering((site, _, answer) -> {
                            running.get(site).decrementAndGet();
                            return answer;
                        })) {
            assertThat(prove(Family.GPT2, sites, new Traffic())).isEqualTo(Family.GPT2.local);
        }
        assertThat(most).hasValue(1);
    }

    // --- sites that are lost -----------------------------------------------------------------------------------------

    /// A machine is lost when the first answer of a kind is there: after counting, committing, the sections, a pass.
    @ParameterizedTest
    @ValueSource(strings = {"shared", "count", "chunk", "section", "head sums", "fold", "combine"})
    void aLostSiteCostsNoProof(String after) {
        Traffic traffic = new Traffic();
        try (SitesHere sites = new SitesHere(Family.GPT2.pk(), 3, 1).with((site, _) -> {
            if (site == 1 && answered(traffic, after)) {
                throw new IOException("site 1 is lost");
            }
        })) {
            assertThat(prove(Family.GPT2, sites, traffic)).isEqualTo(Family.GPT2.local);
        }
    }

    /// A machine that was started again has the key, and makes what it had.
    @ParameterizedTest
    @ValueSource(strings = {"count", "chunk", "section", "head sums", "fold", "combine"})
    void aSiteThatHasForgottenMakesItAgain(String after) {
        Traffic traffic = new Traffic();
        Map<Integer, AtomicBoolean> done = new ConcurrentHashMap<>();
        try (SitesHere sites = new SitesHere(Family.LLAMA.pk(), 2, 1)) {
            sites.with((site, _) -> {
                if (answered(traffic, after)
                        && !done.computeIfAbsent(site, _ -> new AtomicBoolean()).getAndSet(true)) {
                    sites.forget(site);
                }
            });
            assertThat(prove(Family.LLAMA, sites, traffic)).isEqualTo(Family.LLAMA.local);
        }
        assertThat(done).isNotEmpty();
    }

    private static boolean answered(Traffic traffic, String kind) {
        return traffic.kinds().stream().anyMatch(k -> k.name().equals(kind));
    }

    @Test
    void withoutSitesThereIsNoProof() {
        try (SitesHere sites = new SitesHere(Family.GPT2.pk(), 2, 1).with((site, _) -> {
            throw new IOException("no route to site " + site);
        })) {
            assertThatThrownBy(() -> prove(Family.GPT2, sites, new Traffic()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("no site has answered the task count of site ")
                    .hasMessageContaining("no route to site ");
        }
    }

    // --- sites that are wrong ----------------------------------------------------------------------------------------

    /// One byte of the answers of one kind is another one.
    ///
    /// @param at counted from the end if it is negative
    @ParameterizedTest
    @CsvSource({"0, -1, a site has counted or evaluated wrong", "1, -32, task chunk or columns",
        "2, 100, has proved section layer", "2, -1, ", "4, -1, task head sums", "5, -1, task head sums or fold",
        "6, -1, task combine", "7, -1, columns"})
    void aWrongAnswerMakesNoProofAndNamesTheTask(int kind, int at, String named) {
        try (SitesHere sites = new SitesHere(Family.GPT2.pk(), 3, 1).answering((_, job, answer) -> {
            if (kind(job) != kind) {
                return answer;
            }
            byte[] wrong = answer.clone();
            // Of a chunk every column, because only few are asked for again.
            for (int i = at < 0 ? answer.length + at : at; i > 99; i -= kind == 1 ? 32 : answer.length) {
                wrong[i] ^= 1;
            }
            return wrong;
        })) {
            AbstractThrowableAssert<?, ?> thrown =
                    assertThatThrownBy(() -> prove(Family.GPT2, sites, new Traffic()));
            thrown.isInstanceOf(IllegalStateException.class);
            thrown.message().doesNotContain("\n").contains(named == null ? "" : named);
        }
    }

    /// The kind of the first task of a job: after the format, the build and the number of tasks.
    private static int kind(byte[] job) {
        return job[1 + Integer.BYTES + ByteBuffer.wrap(job).getInt(1) + Integer.BYTES];
    }

    @Test
    void aRunOutsideTheDomainFailsAsALocalOneDoes() {
        DomainException domain = new DomainException("layer0.down", 7, "9 is added");
        try (SitesHere sites = new SitesHere(Family.GPT2.pk(), 2, 1).answering((_, _, _) ->
                RemoteSite.refusal(domain))) {
            assertThatThrownBy(() -> prove(Family.GPT2, sites, new Traffic()))
                    .isInstanceOfSatisfying(DomainException.class, e -> {
                        assertThat(e).hasMessage(domain.getMessage());
                        assertThat(e.position()).isEqualTo(7);
                    });
        }
    }

    @Test
    void anotherFormatIsRefusedInOneLine() {
        try (SitesHere sites = new SitesHere(Family.GPT2.pk(), 1, 1).answering((_, _, answer) -> {
            byte[] other = answer.clone();
            other[0]++;
            return other;
        })) {
            assertThatThrownBy(() -> prove(Family.GPT2, sites, new Traffic()))
                    .hasMessage("site 0 is another build: format 3 of tasks, here 2");
        }
    }

    @Test
    void anotherKeyIsRefusedInOneLine() {
        try (SitesHere sites = new SitesHere(Family.LLAMA.pk(), 1, 1)) {
            assertThatThrownBy(() -> prove(Family.GPT2, sites, new Traffic()))
                    .hasMessageStartingWith("site 0, task count: the coordinator proves with key ")
                    .message().doesNotContain("\n");
        }
    }
}
