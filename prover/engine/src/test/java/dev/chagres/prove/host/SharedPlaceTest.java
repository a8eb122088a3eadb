package dev.chagres.prove.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.cpu.CpuStages;
import dev.chagres.prove.host.SharedPlace.Purpose;
import dev.chagres.prove.stage.StageMemory;
import dev.chagres.prove.stage.Stages;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/// Who may use a device, when, and how much of it.
class SharedPlaceTest {
    private static final long CAPACITY = 100L << 20;
    private static final IntToLongFunction THIRTY = lanes -> lanes * (30L << 20);

    private final List<String> events = new ArrayList<>();
    private int opened;
    private boolean broken;

    /// A device with nothing but memory.
    private final class Card implements StagesProvider.Place {
        private final int number = ++opened;

        Card() {
            events.add("open " + number);
        }

        @Override
        public String name() {
            return "card " + number;
        }

        @Override
        public Stages stages(Host host, Stages cpu) {
            StageMemory memory = answer(StageMemory.class, "capacity", CAPACITY);
            return answer(Stages.class, "memory", Optional.of(memory));
        }

        @Override
        public Optional<StagesProvider.Fault> fault(Throwable thrown) {
            return thrown instanceof IllegalStateException
                    ? Optional.of(new StagesProvider.Fault(thrown.getMessage(), thrown.getMessage().equals("memory")))
                    : Optional.empty();
        }

        @Override
        public void close() {
            events.add("close " + number);
        }
    }

    /// An object that has one method.
    private static <T> T answer(Class<T> type, String name, Object result) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> {
            assertThat(method.getName()).isEqualTo(name);
            return result;
        }));
    }

    private SharedPlace place() {
        Host processor = TestHosts.of(2);
        return new SharedPlace(() -> {
            if (broken) {
                throw new IllegalStateException("no card");
            }
            return new Card();
        }, card -> processor.with(h -> card.stages(h, new CpuStages(h))));
    }

    @Test
    void asManyLanesAsFitBesideTheSharesOfOthers() {
        try (SharedPlace place = place(); SharedPlace.Use first = place.use(Purpose.PROOF, 2, THIRTY)) {
            assertThat(first.lanes()).isEqualTo(2);
            try (SharedPlace.Use second = place.use(Purpose.PROOF, 2, THIRTY)) {
                assertThat(second.lanes()).isEqualTo(1);
            }
            first.close();
            try (SharedPlace.Use alone = place.use(Purpose.PROOF, 8, THIRTY)) {
                assertThat(alone.lanes()).isEqualTo(3);
            }
        }
    }

    @Test
    void whatNeverFitsIsRefused() {
        try (SharedPlace place = place()) {
            assertThatThrownBy(() -> place.use(Purpose.PROOF, 2, lanes -> CAPACITY + lanes)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("this sequence needs at least 101 MiB of the memory of device card 1, which has 100 MiB;"
                            + " raise --device-memory, shorten the sequence, or compute on the cpu");
        }
    }

    @Test
    void whatDoesNotFitNowWaits() throws Exception {
        try (SharedPlace place = place(); ExecutorService other = Executors.newSingleThreadExecutor()) {
            SharedPlace.Use first = place.use(Purpose.PROOF, 3, THIRTY);
            Future<Integer> second = other.submit(() -> {
                try (SharedPlace.Use use = place.use(Purpose.PROOF, 3, THIRTY)) {
                    return use.lanes();
                }
            });
            Thread.sleep(50);
            assertThat(second.isDone()).isFalse();
            first.close();
            assertThat(second.get()).isEqualTo(3);
        }
    }

    @Test
    void aLostDeviceIsOpenedAgainWhenItsLastUserHasEnded() throws Exception {
        try (SharedPlace place = place(); ExecutorService other = Executors.newSingleThreadExecutor()) {
            SharedPlace.Use first = place.use(Purpose.PROOF, 1, THIRTY);
            SharedPlace.Use second = place.use(Purpose.PROOF, 1, THIRTY);
            assertThat(first.fault(new IllegalArgumentException("mine"))).isEmpty();
            assertThat(first.fault(new IllegalStateException("memory"))).hasValueSatisfying(f ->
                    assertThat(f.memory()).isTrue());
            assertThat(first.fault(new IllegalStateException("burnt"))).isPresent();
            first.close();
            Future<Integer> third = other.submit(() -> {
                try (SharedPlace.Use use = place.use(Purpose.PROOF, 3, THIRTY)) {
                    return use.lanes();
                }
            });
            Thread.sleep(50);
            assertThat(third.isDone()).isFalse();
            assertThat(events).containsExactly("open 1");
            second.close();
            assertThat(third.get()).isEqualTo(3);
            assertThat(events).containsExactly("open 1", "close 1", "open 2");
        }
        assertThat(events).endsWith("open 2", "close 2");
    }

    @Test
    void everyUseTriesToOpenADeviceThatIsGone() {
        SharedPlace place = place();
        try (SharedPlace.Use use = place.use(Purpose.PROOF, 1, THIRTY)) {
            use.fault(new IllegalStateException("burnt"));
        }
        broken = true;
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> place.use(Purpose.PROOF, 1, THIRTY)).isInstanceOf(IllegalStateException.class)
                    .hasMessage("no card");
        }
        broken = false;
        place.use(Purpose.PROOF, 1, THIRTY).close();
        place.close();
        assertThat(events).containsExactly("open 1", "close 1", "open 2", "close 2");
    }
}
