package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SlabTest {
    private static final long BASE = 0x4000_0000_0000_1000L;

    @Test
    void smallestFittingRegionIsCut() {
        Slab slab = new Slab(BASE, 1024);
        long a = slab.allocate(64);
        long b = slab.allocate(256);
        long c = slab.allocate(1);
        assertThat(new long[] {a, b, c}).containsExactly(BASE, BASE + 64, BASE + 320);
        slab.release(b);
        assertThat(slab.allocate(200)).isEqualTo(b);
        assertThat(slab.available()).isEqualTo(1024 - 64 - 256 - 64);
    }

    @Test
    void refusalSaysWhatIsLeft() {
        Slab slab = new Slab(BASE, 256);
        long a = slab.allocate(64);
        slab.allocate(64);
        slab.release(a);
        assertThatThrownBy(() -> slab.allocate(129)).isInstanceOf(DeviceException.class)
                .hasMessage("the device has no 129 bytes left: of its slab of 256 bytes 192 are free, 128 in one piece")
                .extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.MEMORY);
        assertThatThrownBy(() -> slab.allocate(Long.MAX_VALUE)).isInstanceOf(DeviceException.class);
        assertThatThrownBy(() -> slab.allocate(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRegionIsReleasedOnce() {
        Slab slab = new Slab(BASE, 256);
        long a = slab.allocate(128);
        assertThatThrownBy(() -> slab.release(a + 64)).isInstanceOf(IllegalArgumentException.class);
        slab.release(a);
        assertThatThrownBy(() -> slab.release(a)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void regionsInUseNeverOverlapAndAllMemoryComesBack() {
        long seed = 20261128;
        Random random = new Random(seed);
        Slab slab = new Slab(BASE, 1 << 16);
        TreeMap<Long, Long> used = new TreeMap<>();
        for (int i = 0; i < 5000; i++) {
            if (!used.isEmpty() && random.nextInt(3) == 0) {
                long address = used.ceilingKey(random.nextBoolean() ? used.firstKey() : used.lastKey());
                slab.release(address);
                used.remove(address);
                continue;
            }
            long bytes = 1 + random.nextInt(2000);
            if (bytes > slab.available()) {
                continue;
            }
            try {
                used.put(slab.allocate(bytes), bytes);
            } catch (DeviceException inPieces) {
                assertThat(inPieces.status()).as("seed %d", seed).isEqualTo(Status.MEMORY);
            }
            long end = BASE;
            for (Map.Entry<Long, Long> region : used.entrySet()) {
                assertThat(region.getKey()).as("seed %d", seed).isGreaterThanOrEqualTo(end);
                assertThat(region.getKey() % 64).as("seed %d", seed).isZero();
                end = region.getKey() + region.getValue();
            }
            assertThat(end).as("seed %d", seed).isLessThanOrEqualTo(BASE + (1 << 16));
        }
        used.keySet().forEach(slab::release);
        assertThat(slab.allocate(1 << 16)).isEqualTo(BASE);
    }

    @Test
    void theLastRegionIsCutAtItsEnd() {
        Slab slab = new Slab(BASE, 1024);
        assertThat(slab.allocateLast(100)).isEqualTo(BASE + 896);
        assertThat(slab.allocate(64)).isEqualTo(BASE);
        assertThat(slab.allocateLast(64)).isEqualTo(BASE + 832);
        slab.release(BASE + 896);
        assertThat(slab.allocateLast(256)).as("before, where there is room").isEqualTo(BASE + 576);
        assertThat(slab.allocateLast(128)).isEqualTo(BASE + 896);
        assertThatThrownBy(() -> slab.allocateLast(513)).isInstanceOf(DeviceException.class);
        for (long at : new long[] {0, 832, 576, 896}) {
            slab.release(BASE + at);
        }
        assertThat(slab.allocateLast(1024)).isEqualTo(BASE);
    }
}
