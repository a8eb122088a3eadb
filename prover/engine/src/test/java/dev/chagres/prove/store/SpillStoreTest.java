package dev.chagres.prove.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.kernel.Memory;
import dev.chagres.prove.host.TestHosts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillStoreTest {
    private static final int BYTES = 3 << 20;

    @TempDir
    private Path folder;

    private static List<SpillStore.Group> groups(SpillStore store, int n) {
        List<SpillStore.Group> groups = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            SpillStore.Group g = store.group("group " + i);
            assertThat(g.add(100)).isZero();
            assertThat(g.add(BYTES)).isEqualTo(128);
            groups.add(g);
        }
        return groups;
    }

    /// Values that somebody else has are brought before a group is spilled, when a part of it is read and when it is
    /// written, once; not when it is given up.
    @Test
    void whatSomebodyElseHasIsBroughtBeforeItIsNeeded() {
        try (SpillStore store = new SpillStore(TestHosts.of(1).memory(), 4L << 20, folder);
                Arena arena = Arena.ofConfined()) {
            List<SpillStore.Group> groups = groups(store, 2);
            SpillStore.Group group = groups.getFirst();
            long scratch = Memory.allocate(arena, 64);
            for (int how = 0; how < 4; how++) {
                AtomicInteger brought = new AtomicInteger();
                lend(group, 5 + how, brought);
                switch (how) {
                    case 0 -> groups.getLast().use(false).close();
                    case 1 -> assertThat(Memory.getInt(group.read(128 + 4, 4, scratch), 0)).isEqualTo(6);
                    case 2 -> group.use(true).close();
                    default -> group.forget();
                }
                assertThat(brought).as("way %d", how).hasValue(how == 3 ? 0 : 1);
                try (SpillStore.Use _ = group.use(false)) {
                    assertThat(Memory.getInt(group.address() + 128, 1)).isEqualTo(how == 3 ? 0 : 5 + how);
                }
                assertThat(brought).as("way %d, once", how).hasValue(how == 3 ? 0 : 1);
            }
            assertThat(store.spilledBytes()).isPositive();
        }
    }

    private static void lend(SpillStore.Group group, int value, AtomicInteger brought) {
        try (SpillStore.Use use = group.use(true)) {
            use.settle();
            long to = group.address() + 128;
            group.epoch().lend(128, BYTES, () -> {
                Memory.setInt(to, 1, value);
                brought.incrementAndGet();
            });
        }
    }

    /// Random writes and reads under a budget of a few groups give what was written.
    @Test
    void valuesDoNotDependOnTheBudget() {
        SplittableRandom random = new SplittableRandom(5);
        try (SpillStore store = new SpillStore(TestHosts.of(1).memory(), 10L << 20, folder);
                Arena arena = Arena.ofConfined()) {
            List<SpillStore.Group> groups = groups(store, 8);
            long scratch = Memory.allocate(arena, 64);
            int[][] expected = new int[8][BYTES / 4];
            for (int step = 0; step < 400; step++) {
                int g = random.nextInt(8);
                int i = random.nextInt(BYTES / 4);
                if (random.nextBoolean()) {
                    try (SpillStore.Use _ = groups.get(g).use(true)) {
                        expected[g][i] = random.nextInt();
                        Memory.setInt(groups.get(g).address() + 128, i, expected[g][i]);
                    }
                } else if (random.nextBoolean()) {
                    try (SpillStore.Use _ = groups.get(g).use(false)) {
                        assertThat(Memory.getInt(groups.get(g).address() + 128, i)).isEqualTo(expected[g][i]);
                    }
                } else {
                    long at = groups.get(g).read(128 + 4L * i, 4, scratch);
                    assertThat(at).isEqualTo(scratch);
                    assertThat(Memory.getInt(at, 0)).isEqualTo(expected[g][i]);
                }
                assertThat(store.residentBytes()).isLessThanOrEqualTo(10L << 20);
            }
            assertThat(store.spilledBytes()).isPositive();
            assertThat(store.readBytes()).isPositive();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void groupsInUseAreNotSpilled() {
        try (SpillStore store = new SpillStore(TestHosts.of(1).memory(), 7L << 20, folder)) {
            List<SpillStore.Group> groups = groups(store, 3);
            try (SpillStore.Use _ = groups.get(0).use(true); SpillStore.Use _ = groups.get(1).use(true)) {
                assertThatThrownBy(() -> groups.get(2).use(true)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("group 2").hasMessageContaining("budget");
            }
            groups.get(2).use(true).close();
            assertThat(store.spilledBytes()).isEqualTo(groups.get(0).bytes());
            assertThatThrownBy(() -> groups.get(0).address()).isInstanceOf(IllegalStateException.class);
            store.budget(0);
            assertThat(store.residentBytes()).isZero();
        }
    }

    @Test
    void withoutAFolderReadsAreInPlace() {
        try (SpillStore store = SpillStore.unbounded(TestHosts.of(1).memory())) {
            SpillStore.Group g = groups(store, 1).getFirst();
            g.use(true).close();
            assertThat(g.read(128, 4, 0)).isEqualTo(g.address() + 128);
            store.budget(0);
            assertThat(store.residentBytes()).isEqualTo(g.bytes());
        }
    }

    /// An epoch begins when nobody writes, and ends before anybody may.
    @Test
    void epochsAreTheTimesBetweenWrites() {
        AtomicInteger ended = new AtomicInteger();
        Epoch last;
        try (SpillStore store = SpillStore.unbounded(TestHosts.of(1).memory())) {
            SpillStore.Group g = groups(store, 1).getFirst();
            try (SpillStore.Use write = g.use(true); SpillStore.Use _ = g.use(false)) {
                assertThat(g.epoch()).isNull();
                assertThat(g.unused()).isNull();
                write.settle();
                assertThat(g.epoch()).isNotNull();
            }
            Epoch first = g.unused();
            assertThat(first.tell(_ -> ended.incrementAndGet())).isTrue();
            try (SpillStore.Use _ = g.use(false)) {
                assertThat(g.epoch()).isSameAs(first).isSameAs(g.unused());
                g.use(true).close();
                assertThat(ended).hasValue(1);
                assertThat(first.tell(_ -> ended.incrementAndGet())).isFalse();
                assertThat(g.epoch()).isNotNull().isNotSameAs(first);
                g.epoch().tell(_ -> ended.incrementAndGet());
            }
            assertThat(ended).hasValue(1);
            assertThat(g.epoch()).as("who does not use it may write").isNull();
            assertThat(ended).hasValue(2);
            last = g.unused();
            last.tell(_ -> ended.incrementAndGet());
            store.endEpochs();
            assertThat(ended).hasValue(3);
            g.unused().tell(_ -> ended.incrementAndGet());
        }
        assertThat(ended).as("closed").hasValue(4);
    }

    /// Values are the same after they were spilled and read; only memory is another one.
    @Test
    void epochsOutlastSpills() {
        try (SpillStore store = new SpillStore(TestHosts.of(1).memory(), 4L << 20, folder)) {
            List<SpillStore.Group> groups = groups(store, 2);
            groups.get(0).use(true).close();
            Epoch epoch;
            try (SpillStore.Use _ = groups.get(0).use(false)) {
                epoch = groups.get(0).epoch();
            }
            groups.get(1).use(false).close();
            assertThat(store.spilledBytes()).isPositive();
            assertThat(groups.get(0).unused()).as("memory may move").isNull();
            try (SpillStore.Use _ = groups.get(0).use(false)) {
                assertThat(groups.get(0).epoch()).isSameAs(epoch);
            }
        }
    }

    @Test
    void aFolderThatCannotBeUsedIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        try (SpillStore store = new SpillStore(TestHosts.of(1).memory(), 4L << 20, file)) {
            List<SpillStore.Group> groups = groups(store, 2);
            groups.get(0).use(true).close();
            assertThatThrownBy(() -> groups.get(1).use(true)).isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void abandonedFilesAreRemovedAndThoseInUseAreNot() throws IOException {
        Path abandoned = Files.writeString(folder.resolve("chagres-spill-1.tmp"), "left by a killed process");
        Path other = Files.writeString(folder.resolve("notes.txt"), "kept");
        try (SpillFile _ = SpillFile.create(folder)) {
            assertThat(abandoned).doesNotExist();
            assertThat(other).exists();
            SpillFile.removeAbandoned(folder);
        }
        assertThat(folder).isDirectoryContaining(p -> p.equals(other));
    }
}
