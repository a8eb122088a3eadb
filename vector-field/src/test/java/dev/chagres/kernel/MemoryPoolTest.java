package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class MemoryPoolTest {
    private static final long MIB = 1 << 20;

    private static MemoryPool pool() {
        return new MemoryPool(Pages.ofThisProcess());
    }

    @Test
    void aReleasedRegionServesTheNextRequestOfItsSize() {
        MemoryPool pool = pool();
        long address;
        try (MemoryPool.Lease lease = pool.lease(10 * MIB)) {
            address = lease.address();
            assertThat(address % Memory.ALIGNMENT).isZero();
            assertThat(lease.fresh()).isTrue();
            Memory.setInt(address, 10 * MIB / 4 - 1, 7);
            assertThat(pool.used()).isEqualTo(10 * MIB);
        }
        assertThat(pool.used()).isZero();
        assertThat(pool.mapped()).isEqualTo(10 * MIB);
        try (MemoryPool.Lease lease = pool.lease(10 * MIB - 5)) {
            assertThat(lease.address()).isEqualTo(address);
            assertThat(lease.fresh()).isFalse();
        }
        try (MemoryPool.Lease lease = pool.lease(2 * MIB)) {
            assertThat(lease.address()).as("a far larger region is kept for large requests").isNotEqualTo(address);
        }
        assertThat(pool.peak()).isEqualTo(10 * MIB);
        pool.trim();
        assertThat(pool.mapped()).isZero();
    }

    @Test
    void freeRegionsMakeRoomBelowTheLimit() {
        MemoryPool pool = pool();
        pool.limit(16 * MIB);
        pool.lease(8 * MIB).close();
        pool.lease(6 * MIB).close();
        assertThat(pool.mapped()).isEqualTo(14 * MIB);
        try (MemoryPool.Lease _ = pool.lease(12 * MIB)) {
            assertThat(pool.mapped()).isEqualTo(12 * MIB);
            try (MemoryPool.Lease _ = pool.lease(12 * MIB)) {
                assertThat(pool.mapped()).as("leased memory is never taken away").isEqualTo(24 * MIB);
            }
            assertThat(pool.mapped()).isEqualTo(12 * MIB);
        }
    }

    @Test
    void closingTwiceReleasesOnce() {
        MemoryPool pool = pool();
        MemoryPool.Lease lease = pool.lease(1);
        lease.close();
        lease.close();
        assertThat(pool.used()).isZero();
        assertThat(pool.mapped()).isEqualTo(2 * MIB);
    }

    @Test
    void largeAllocationsAreZeroAndEndWithTheirArena() {
        long before = Memory.pool().used();
        for (int round = 0; round < 2; round++) {
            try (Arena arena = Arena.ofConfined()) {
                long a = Memory.allocate(arena, 3 * MIB);
                assertThat(Memory.pool().used()).isEqualTo(before + 4 * MIB);
                for (long i = 0; i < 3 * MIB / 4; i++) {
                    if (Memory.getInt(a, i) != 0) {
                        throw new AssertionError("word " + i + " is not zero in round " + round);
                    }
                    Memory.setInt(a, i, -1);
                }
            }
            assertThat(Memory.pool().used()).isEqualTo(before);
        }
    }

    @Test
    void regionsOfAnotherSourceWorkToo() {
        MemoryPool pool = new MemoryPool(bytes -> {
            Arena arena = Arena.ofShared();
            return new Pages.Region(arena.allocate(bytes, 64).address(), bytes, arena::close);
        });
        pool.lease(5 * MIB).close();
        assertThat(pool.mapped()).isEqualTo(6 * MIB);
        pool.trim();
        assertThat(pool.mapped()).isZero();
    }
}
