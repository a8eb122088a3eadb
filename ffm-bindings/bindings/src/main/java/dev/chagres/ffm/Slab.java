package dev.chagres.ffm;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// The free list of a device's memory. Regions start at multiples of [Device#ALIGNMENT], the smallest free one that is
/// large enough is cut, free neighbours are joined.
final class Slab {
    private final long bytes;
    /// Bytes of free regions by address, and of regions in use.
    private final TreeMap<Long, Long> free = new TreeMap<>();
    private final Map<Long, Long> used = new HashMap<>();
    private long inUse;
    private long peak;

    Slab(long address, long bytes) {
        this.bytes = bytes;
        free.put(address, bytes);
    }

    /// @return the address of a region with at least `wanted` bytes
    /// @throws DeviceException with [Status#MEMORY] if no free region is large enough
    synchronized long allocate(long wanted) {
        long size = size(wanted);
        Map.Entry<Long, Long> best = null;
        for (Map.Entry<Long, Long> region : free.entrySet()) {
            if (region.getValue() >= size && (best == null || region.getValue() < best.getValue())) {
                best = region;
            }
        }
        if (best == null) {
            throw full(wanted);
        }
        long address = best.getKey();
        long rest = best.getValue() - size;
        free.remove(address);
        if (rest > 0) {
            free.put(address + size, rest);
        }
        use(address, size);
        return address;
    }

    private void use(long address, long size) {
        used.put(address, size);
        inUse += size;
        peak = Math.max(peak, inUse);
    }

    /// Bytes of the region that so many bytes are given.
    static long regionBytes(long wanted) {
        return Math.max(1, wanted) + Device.ALIGNMENT - 1 & -Device.ALIGNMENT;
    }

    /// As [#allocate], but at the end of the last free region that is large enough.
    ///
    /// @throws DeviceException with [Status#MEMORY] if no free region is large enough
    synchronized long allocateLast(long wanted) {
        long size = size(wanted);
        for (Map.Entry<Long, Long> region : free.descendingMap().entrySet()) {
            long rest = region.getValue() - size;
            if (rest >= 0) {
                long from = region.getKey();
                free.remove(from);
                if (rest > 0) {
                    free.put(from, rest);
                }
                use(from + rest, size);
                return from + rest;
            }
        }
        throw full(wanted);
    }

    private long size(long wanted) {
        if (wanted <= 0) {
            throw new IllegalArgumentException("a region has at least one byte, not " + wanted);
        }
        return wanted > bytes ? wanted : regionBytes(wanted);
    }

    private DeviceException full(long wanted) {
        long largest = free.values().stream().mapToLong(Long::longValue).max().orElse(0);
        return new DeviceException(Status.MEMORY, "the device has no " + wanted + " bytes left: of its slab of "
                + bytes + " bytes " + available() + " are free, " + largest + " in one piece");
    }

    /// @throws IllegalArgumentException if no region in use starts there
    synchronized void release(long address) {
        Long size = used.remove(address);
        if (size == null) {
            throw new IllegalArgumentException("no region in use starts at the device address 0x"
                    + Long.toHexString(address) + "; it was released before, or is a part of one");
        }
        inUse -= size;
        long from = address;
        long to = address + size;
        Map.Entry<Long, Long> below = free.lowerEntry(address);
        if (below != null && below.getKey() + below.getValue() == address) {
            from = below.getKey();
        }
        Long above = free.remove(to);
        if (above != null) {
            to += above;
        }
        free.put(from, to - from);
    }

    /// Most bytes in use at a time since the last [#resetPeak()], with what alignment adds.
    synchronized long peak() {
        return peak;
    }

    /// Starts the peak again with what is in use now.
    synchronized void resetPeak() {
        peak = inUse;
    }

    /// Bytes of all free regions.
    synchronized long available() {
        return free.values().stream().mapToLong(Long::longValue).sum();
    }
}
