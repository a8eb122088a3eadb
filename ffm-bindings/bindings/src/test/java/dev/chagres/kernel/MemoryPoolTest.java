package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The pool over the pages of Linux, where regions can be given back in parts.
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
        assertThat(pool.mapped()).isEqualTo(8 * MIB);
        try (MemoryPool.Lease _ = pool.lease(12 * MIB)) {
            assertThat(pool.mapped()).as("no more than that is given back").isEqualTo(16 * MIB);
            try (MemoryPool.Lease _ = pool.lease(12 * MIB)) {
                assertThat(pool.mapped()).as("leased memory is never taken away").isEqualTo(24 * MIB);
            }
            assertThat(pool.mapped()).isEqualTo(16 * MIB);
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
    void allocationsOfEverySizeAreZeroAndEndWithTheirScope() {
        MemoryPool pool = new MemoryPool();
        for (int round = 0; round < 2; round++) {
            MemoryScope closed;
            try (MemoryScope scope = pool.scope()) {
                closed = scope;
                for (long bytes : new long[] {3 * MIB, 100, MIB, MIB + 1, 65, 70_000}) {
                    long address = scope.allocate(bytes);
                    assertThat(address % Memory.ALIGNMENT).isZero();
                    long whole = (bytes + Memory.ALIGNMENT - 1) / Memory.ALIGNMENT * Memory.ALIGNMENT;
                    for (long i = 0; i < whole / 4; i++) {
                        if (Memory.getInt(address, i) != 0) {
                            throw new AssertionError("word " + i + " of " + bytes + " bytes is not zero in round "
                                    + round);
                        }
                        Memory.setInt(address, i, -1);
                    }
                }
                assertThat(pool.used()).as("4 and 2 MiB, and a region of blocks").isEqualTo(8 * MIB);
            }
            assertThat(pool.used()).isZero();
            assertThatThrownBy(() -> closed.allocate(1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void partsOfALargeRegionServeSmallRequestsAndJoinAgain() {
        MemoryPool pool = pool();
        MemoryPool.Lease large = pool.lease(20 * MIB);
        long address = large.address();
        large.close();
        MemoryPool.Lease a = pool.lease(4 * MIB);
        MemoryPool.Lease b = pool.lease(6 * MIB);
        MemoryPool.Lease c = pool.lease(10 * MIB);
        assertThat(List.of(a.address(), b.address(), c.address()))
                .containsExactly(address, address + 4 * MIB, address + 10 * MIB);
        assertThat(pool.mapped()).isEqualTo(20 * MIB);
        a.close();
        c.close();
        try (MemoryPool.Lease smallest = pool.lease(4 * MIB)) {
            assertThat(smallest.address()).as("the smallest region that fits").isEqualTo(address);
        }
        b.close();
        try (MemoryPool.Lease again = pool.lease(20 * MIB)) {
            assertThat(again.address()).isEqualTo(address);
            assertThat(again.fresh()).isFalse();
        }
        assertThat(pool.mapped()).isEqualTo(20 * MIB);
        pool.limit(6 * MIB);
        assertThat(pool.mapped()).isEqualTo(6 * MIB);
        pool.trim();
        assertThat(pool.mapped()).isZero();
    }

    /// Leases at random, and looks whether two ever share a byte.
    @Test
    void leasesNeverOverlap() {
        MemoryPool pool = pool();
        pool.limit(48 * MIB);
        SplittableRandom random = new SplittableRandom(7);
        TreeMap<Long, MemoryPool.Lease> leases = new TreeMap<>();
        Map<Long, Long> bytes = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            if (leases.size() > 12 || !leases.isEmpty() && random.nextInt(3) == 0) {
                long address = new ArrayList<>(leases.keySet()).get(random.nextInt(leases.size()));
                assertThat(Memory.getInt(address, 0)).isEqualTo((int) (address >> 10));
                leases.remove(address).close();
                continue;
            }
            long size = (1 + random.nextInt(5)) * 2 * MIB;
            MemoryPool.Lease lease = pool.lease(size);
            Map.Entry<Long, MemoryPool.Lease> below = leases.lowerEntry(lease.address());
            assertThat(below == null || below.getKey() + bytes.get(below.getKey()) <= lease.address()).isTrue();
            Long above = leases.ceilingKey(lease.address());
            assertThat(above == null || lease.address() + size <= above).isTrue();
            Memory.setInt(lease.address(), 0, (int) (lease.address() >> 10));
            leases.put(lease.address(), lease);
            bytes.put(lease.address(), size);
            assertThat(pool.used()).isEqualTo(leases.keySet().stream().mapToLong(bytes::get).sum());
            assertThat(pool.mapped()).isBetween(pool.used(), Math.max(pool.used(), 48 * MIB));
        }
        leases.values().forEach(MemoryPool.Lease::close);
        assertThat(pool.used()).isZero();
        pool.trim();
        assertThat(pool.mapped()).isZero();
    }

    @Test
    void regionsOfAnotherSourceWorkToo() {
        MemoryPool pool = new MemoryPool(bytes -> {
            Arena arena = Arena.ofShared();
            return new Pages.Region(arena.allocate(bytes, 64).address(), bytes, arena::close);
        });
        pool.lease(5 * MIB).close();
        assertThat(pool.mapped()).isEqualTo(6 * MIB);
        try (MemoryPool.Lease _ = pool.lease(2 * MIB)) {
            assertThat(pool.mapped()).as("a far larger region is kept for large requests").isEqualTo(8 * MIB);
        }
        pool.trim();
        assertThat(pool.mapped()).isZero();
    }
}
