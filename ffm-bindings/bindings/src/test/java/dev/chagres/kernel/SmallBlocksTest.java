package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Blocks cut from regions of the pages of Linux.
class SmallBlocksTest {
    private record Block(long address, int size, int mark) {}

    @Test
    void sizesArePowersOfTwoFromTheAlignmentOn() {
        assertThat(SmallBlocks.size(0)).isEqualTo(6);
        assertThat(SmallBlocks.size(1)).isEqualTo(6);
        assertThat(SmallBlocks.size(64)).isEqualTo(6);
        assertThat(SmallBlocks.size(65)).isEqualTo(7);
        assertThat(1L << SmallBlocks.size(SmallBlocks.LARGEST)).isEqualTo(SmallBlocks.LARGEST);
    }

    @Test
    void aBlockGivenBackServesTheNextRequestOfItsSize() {
        SmallBlocks blocks = new SmallBlocks(new MemoryPool());
        long kept = blocks.take(10);
        long given = blocks.take(10);
        blocks.give(given, 10);
        assertThat(blocks.take(11)).isNotIn(kept, given);
        assertThat(blocks.take(10)).isEqualTo(given);
    }

    @Test
    void withTheLastBlockTheRegionsGoBack() {
        MemoryPool pool = new MemoryPool();
        SmallBlocks blocks = new SmallBlocks(pool);
        List<Block> taken = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            taken.add(new Block(blocks.take(20), 20, i));
        }
        assertThat(pool.used()).isEqualTo(3 * Pages.SIZE);
        taken.forEach(b -> blocks.give(b.address, b.size));
        assertThat(pool.used()).isZero();
        assertThat(blocks.take(20) % Pages.SIZE).isZero();
    }

    /// Takes and gives at random, and looks whether two blocks ever share a byte.
    @Test
    void blocksNeverOverlap() {
        MemoryPool pool = new MemoryPool();
        SmallBlocks blocks = new SmallBlocks(pool);
        SplittableRandom random = new SplittableRandom(11);
        TreeMap<Long, Block> taken = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            if (taken.size() > 200 || !taken.isEmpty() && random.nextInt(20) < 9) {
                Block b = new ArrayList<>(taken.values()).get(random.nextInt(taken.size()));
                assertThat(Memory.getInt(b.address, 0)).isEqualTo(b.mark);
                assertThat(Memory.getInt(b.address, (1L << b.size) / 4 - 1)).isEqualTo(b.mark);
                taken.remove(b.address);
                blocks.give(b.address, b.size);
                continue;
            }
            int size = 6 + random.nextInt(15);
            Block b = new Block(blocks.take(size), size, i);
            assertThat(b.address % Memory.ALIGNMENT).isZero();
            Map.Entry<Long, Block> below = taken.lowerEntry(b.address);
            assertThat(below == null || below.getKey() + (1L << below.getValue().size) <= b.address).isTrue();
            Long above = taken.ceilingKey(b.address);
            assertThat(above == null || b.address + (1L << size) <= above).isTrue();
            Memory.setInt(b.address, 0, i);
            Memory.setInt(b.address, (1L << size) / 4 - 1, i);
            taken.put(b.address, b);
        }
        taken.values().forEach(b -> blocks.give(b.address, b.size));
        assertThat(pool.used()).isZero();
    }
}
