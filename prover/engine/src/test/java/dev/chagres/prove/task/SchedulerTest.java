package dev.chagres.prove.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.host.ThreadTeam;
import dev.chagres.prove.task.TaskGraph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class SchedulerTest {
    private final TaskGraph graph = new TaskGraph();

    private static final class Result implements AutoCloseable {
        private final int value;
        private boolean closed;

        Result(int value) {
            this.value = value;
        }

        @Override
        public void close() {
            assertThat(closed).as("closed twice").isFalse();
            closed = true;
        }
    }

    private Node<Integer> constant(int value) {
        return graph.add("constant", Needs.LITTLE, List.of(), _ -> value);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void tasksReadTheResultsOfOthers(int lanes) {
        List<Node<Integer>> level = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            level.add(constant(i));
        }
        while (level.size() > 1) {
            List<Node<Integer>> next = new ArrayList<>();
            for (int i = 0; i < level.size(); i += 2) {
                Node<Integer> a = level.get(i);
                Node<Integer> b = level.get(i + 1);
                Needs needs = i % 4 == 0 ? Needs.wide(0) : Needs.LITTLE;
                next.add(graph.add("sum", needs, List.of(a, b), in -> in.of(a) + in.of(b)));
            }
            level = next;
        }
        assertThat(new Scheduler(TestHosts.of(lanes).team(), lanes, 0).run(graph, level.getFirst()))
                .isEqualTo(31 * 32 / 2);
    }

    @Test
    void aResultIsClosedWhenItsLastReaderIsDone() {
        Result first = new Result(3);
        Result unread = new Result(0);
        Node<Result> source = graph.add("source", Needs.LITTLE, List.of(), _ -> first);
        graph.add("unread", Needs.LITTLE, List.of(), _ -> unread);
        Node<Integer> one = graph.add("one", Needs.LITTLE, List.of(source), in -> in.of(source).value);
        Node<Integer> two = graph.add("two", Needs.LITTLE, List.of(source, one), in -> {
            assertThat(first.closed).isFalse();
            return in.of(source).value + in.of(one);
        });
        Node<Result> end = graph.add("end", Needs.LITTLE, List.of(two), in -> {
            assertThat(first.closed).isTrue();
            return new Result(in.of(two));
        });
        Result result = new Scheduler(TestHosts.of(1).team(), 1, 0).run(graph, end);
        assertThat(result.value).isEqualTo(6);
        assertThat(result.closed).isFalse();
        assertThat(unread.closed).isTrue();
    }

    @Test
    void independentTasksOverlap() {
        CountDownLatch both = new CountDownLatch(2);
        TaskGraph.Work<Boolean> meet = _ -> {
            both.countDown();
            try {
                return both.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        Node<Boolean> a = graph.add("a", Needs.share(10), List.of(), meet);
        Node<Boolean> b = graph.add("b", Needs.share(10), List.of(), meet);
        Node<Boolean> end = graph.add("end", Needs.LITTLE, List.of(a, b), in -> in.of(a) && in.of(b));
        assertThat(new Scheduler(TestHosts.of(2).team(), 2, 20).run(graph, end)).isTrue();
    }

    @Test
    void declaredMemoryStaysWithinTheBudget() {
        AtomicLong used = new AtomicLong();
        AtomicLong peak = new AtomicLong();
        AtomicInteger done = new AtomicInteger();
        List<Node<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long bytes = 1 + i % 7;
            all.add(graph.add("task", Needs.share(bytes), List.of(), _ -> {
                peak.accumulateAndGet(used.addAndGet(bytes), Math::max);
                Thread.yield();
                used.addAndGet(-bytes);
                return done.incrementAndGet();
            }));
        }
        Node<Integer> end = graph.add("end", Needs.LITTLE, all, _ -> 0);
        new Scheduler(TestHosts.of(4).team(), 4, 9).run(graph, end);
        assertThat(done.get()).isEqualTo(40);
        assertThat(peak.get()).isLessThanOrEqualTo(9);
    }

    @Test
    void aWideTaskRunsAlone() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger wides = new AtomicInteger();
        List<Node<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            boolean wide = i % 3 == 1;
            all.add(graph.add("task", wide ? Needs.wide(0) : Needs.LITTLE, List.of(), _ -> {
                int others = running.getAndIncrement();
                if (wide) {
                    wides.incrementAndGet();
                    assertThat(others).isZero();
                    assertThat(running.get()).isEqualTo(1);
                }
                return running.decrementAndGet();
            }));
        }
        Node<Integer> end = graph.add("end", Needs.LITTLE, all, _ -> 0);
        new Scheduler(TestHosts.of(6).team(), 3, 0).run(graph, end);
        assertThat(wides.get()).isEqualTo(10);
    }

    /// Five tasks elsewhere and one that takes all slots of one thread are there at the same time.
    @Test
    void tasksElsewhereTakeNoSlots() {
        CyclicBarrier all = new CyclicBarrier(6);
        TaskGraph.Work<Integer> meet = _ -> {
            try {
                return 1 + 0 * all.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException(e);
            }
        };
        List<Node<Integer>> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            nodes.add(graph.add("elsewhere", Needs.ELSEWHERE, List.of(), meet));
        }
        nodes.add(graph.add("here", Needs.wide(0), List.of(), meet));
        for (int i = 0; i < 2; i++) {
            nodes.add(graph.add("elsewhere", Needs.ELSEWHERE, List.of(), meet));
        }
        Node<Integer> end = graph.add("end", Needs.LITTLE, nodes, in -> nodes.stream().mapToInt(in::of).sum());
        assertThat(new Scheduler(TestHosts.of(1).team(), 1, 0).run(graph, end)).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theFailureOfATaskElsewhereIsThrownWhenAllHaveEnded(int slots) {
        CountDownLatch failed = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        Node<Integer> late = graph.add("late", Needs.ELSEWHERE, List.of(), _ -> {
            try {
                failed.await(30, TimeUnit.SECONDS);
                Thread.sleep(20);
                return ended.incrementAndGet();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Node<Integer> wrong = graph.add("wrong", Needs.ELSEWHERE, List.of(), _ -> {
            failed.countDown();
            throw new IllegalStateException("no answer");
        });
        Node<Integer> end = graph.add("end", Needs.LITTLE, List.of(late, wrong), _ -> ended.addAndGet(100));
        assertThatThrownBy(() -> new Scheduler(TestHosts.of(slots).team(), slots, 0).run(graph, end))
                .isInstanceOf(IllegalStateException.class).hasMessage("no answer");
        assertThat(ended).hasValue(1);
    }

    /// Four parts of one loop meet: they need four threads, two of them those of slots that wait for the task.
    @Test
    void slotsThatWaitHelpWithTheLoopsOfOthers() {
        ThreadTeam team = TestHosts.of(4).team();
        CyclicBarrier all = new CyclicBarrier(4);
        Node<Integer> loop = graph.add("loop", Needs.LITTLE, List.of(), _ -> {
            team.run(4, 4, (_, _) -> {
                try {
                    all.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                    throw new IllegalStateException(e);
                }
            });
            return 7;
        });
        Node<Integer> after = graph.add("after", Needs.LITTLE, List.of(loop), in -> in.of(loop) + 1);
        assertThat(new Scheduler(team, 4, 0).run(graph, after)).isEqualTo(8);
    }

    @Test
    void anInterruptOfATaskIsPassedOn() {
        Node<Integer> slow = graph.add("slow", Needs.LITTLE, List.of(), _ -> {
            Thread.currentThread().interrupt();
            return 1;
        });
        List<Node<Integer>> chain = new ArrayList<>(List.of(slow));
        for (int i = 0; i < 3; i++) {
            Node<Integer> before = chain.getLast();
            chain.add(graph.add("next", Needs.LITTLE, List.of(before), in -> in.of(before)));
        }
        assertThat(new Scheduler(TestHosts.of(1).team(), 1, 0).run(graph, chain.getLast())).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void tasksThatAreReadyStartInOrder() {
        List<String> started = new ArrayList<>();
        List<Node<Boolean>> all = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            all.add(graph.add(name, Needs.LITTLE, List.of(), _ -> started.add(name)));
        }
        Node<Integer> end = graph.add("end", Needs.LITTLE, all, _ -> 0);
        new Scheduler(TestHosts.of(1).team(), 1, 0).run(graph, end);
        assertThat(started).containsExactly("a", "b", "c", "d");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aFailureEndsTheRunAndClosesResults(int lanes) {
        Result kept = new Result(1);
        Node<Result> source = graph.add("source", Needs.LITTLE, List.of(), _ -> kept);
        AtomicInteger later = new AtomicInteger();
        Node<Integer> fails = graph.add("fails", Needs.LITTLE, List.of(source), _ -> {
            throw new IllegalArgumentException("broken");
        });
        Node<Integer> end = graph.add("end", Needs.LITTLE, List.of(source, fails), _ -> later.incrementAndGet());
        assertThatThrownBy(() -> new Scheduler(TestHosts.of(lanes).team(), lanes, 0).run(graph, end))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("broken");
        assertThat(kept.closed).isTrue();
        assertThat(later.get()).isZero();
    }

    @Test
    void refusesWhatCannotRun() {
        Node<Integer> large = graph.add("large", Needs.share(11), List.of(), _ -> 1);
        assertThatThrownBy(() -> new Scheduler(TestHosts.of(1).team(), 1, 10).run(graph, large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("large needs 11 bytes, 10 are allowed");
        assertThatThrownBy(() -> new Scheduler(TestHosts.of(1).team(), 2, 10))
                .isInstanceOf(IllegalArgumentException.class);
        Node<Integer> foreign = new TaskGraph().add("foreign", Needs.LITTLE, List.of(), _ -> 1);
        assertThatThrownBy(() -> graph.add("reader", Needs.LITTLE, List.of(foreign), _ -> 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("another graph");
        Node<Integer> other = constant(1);
        Node<Integer> curious = graph.add("curious", Needs.LITTLE, List.of(), in -> in.of(other));
        assertThatThrownBy(() -> new Scheduler(TestHosts.of(1).team(), 1, 20).run(graph, curious))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("curious does not read constant");
    }
}
