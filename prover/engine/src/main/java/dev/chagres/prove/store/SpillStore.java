package dev.chagres.prove.store;

import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Groups of tensors under a byte budget. Groups in use stay where they are; of the others, those used longest ago are
/// spilled when a group needs room.
///
/// Values do not depend on the budget. Safe for use by several threads.
public final class SpillStore implements AutoCloseable {
    /// Groups are cut into tensors at multiples of this many bytes.
    private static final long ALIGNMENT = 64;

    private final MemoryPool pool;
    private long budget;
    private final Path spillFolder;
    /// Resident groups, used longest ago first.
    private final Set<Group> resident = new LinkedHashSet<>();
    private final List<Group> groups = new ArrayList<>();
    private SpillFile spill;
    private long spillEnd;
    private long residentBytes;
    private long spilledBytes;
    private long readBytes;
    private boolean closed;

    /// @param pool where groups live in memory
    /// @param budget bytes of all resident groups together
    /// @param spillFolder where groups go that do not fit; null if all do. It is touched only when something is spilled
    public SpillStore(MemoryPool pool, long budget, Path spillFolder) {
        this.pool = pool;
        this.budget = budget;
        this.spillFolder = spillFolder;
    }

    /// A store that never spills.
    public static SpillStore unbounded(MemoryPool pool) {
        return new SpillStore(pool, Long.MAX_VALUE, null);
    }

    /// Tensors that are used together; zero at first.
    public final class Group {
        private final String name;
        private long size;
        private volatile MemoryPool.Lease lease;
        private volatile int users;
        private int writers;
        /// Since the last write; null if values may change, or nobody has asked since.
        private volatile Epoch epoch;
        /// Whether the spill file lacks what memory holds.
        private boolean changed = true;
        private long position = -1;

        private Group(String name) {
            this.name = name;
            groups.add(this);
        }

        /// Reserves room for a tensor, before the first use.
        ///
        /// @return its offset
        public long add(long bytes) {
            synchronized (SpillStore.this) {
                if (lease != null) {
                    throw new IllegalStateException("group " + name + " is in use already");
                }
                long offset = size;
                size += (Memory.padded(bytes) + ALIGNMENT - 1) & -ALIGNMENT;
                return offset;
            }
        }

        public long bytes() {
            return size;
        }

        /// Makes the group resident until the result is closed.
        ///
        /// @param write whether values are changed
        /// @throws IllegalStateException if it does not fit beside the groups in use
        public Use use(boolean write) {
            synchronized (SpillStore.this) {
                load(this);
                if (write) {
                    endEpoch();
                    writers++;
                    changed = true;
                } else {
                    beginEpoch();
                }
                users++;
                return new Use(this, write);
            }
        }

        /// How long values stay as they are, for who uses the group; the places of its tensors are their offsets. Who
        /// does not use it may write, so asking ends the epoch.
        ///
        /// @return null while somebody may write
        public Epoch epoch() {
            if (users == 0 && epoch != null) {
                synchronized (SpillStore.this) {
                    if (users == 0) {
                        endEpoch();
                    }
                }
            }
            return epoch;
        }

        /// As [#epoch()], for who reads without using the group: where nothing is ever spilled.
        ///
        /// @return null while somebody may write, and where the group may be spilled
        public Epoch unused() {
            synchronized (SpillStore.this) {
                if (spillFolder != null || closed) {
                    return null;
                }
                beginEpoch();
                return epoch;
            }
        }

        private void beginEpoch() {
            if (writers == 0 && epoch == null) {
                epoch = new Epoch();
            }
        }

        private void endEpoch() {
            if (epoch != null) {
                epoch.end();
                epoch = null;
            }
        }

        private void giveUpEpoch() {
            if (epoch != null) {
                epoch.giveUp();
                epoch = null;
            }
        }

        private void bring(long offset, long bytes) {
            Epoch now = epoch;
            if (now != null) {
                now.bring(offset, bytes);
            }
        }

        /// The address of the group when it is resident, which it remains only while it is in use; always in a store
        /// that never spills.
        ///
        /// @throws IllegalStateException if it is not resident
        public long address() {
            MemoryPool.Lease here = lease;
            if (here != null) {
                return here.address();
            }
            if (spillFolder != null) {
                throw new IllegalStateException("group " + name + " is not in memory");
            }
            synchronized (SpillStore.this) {
                load(this);
                return lease.address();
            }
        }

        /// Gives up the values, unless somebody uses them: they are zero when they are used again.
        public void forget() {
            synchronized (SpillStore.this) {
                if (users == 0 && lease != null) {
                    giveUpEpoch();
                    resident.remove(this);
                    residentBytes -= size;
                    lease.close();
                    lease = null;
                }
                if (users == 0) {
                    position = -1;
                    changed = true;
                }
            }
        }

        private void release() {
            synchronized (SpillStore.this) {
                users--;
            }
        }

        private void settle() {
            synchronized (SpillStore.this) {
                writers--;
                beginEpoch();
            }
        }

        /// Reads bytes of the group: where they are if nothing is ever spilled, else copied to `scratch`.
        ///
        /// @return the address of the bytes
        public long read(long offset, long bytes, long scratch) {
            if (spillFolder == null) {
                bring(offset, bytes);
                return address() + offset;
            }
            long from;
            synchronized (SpillStore.this) {
                from = lease == null ? -1 : lease.address() + offset;
                users++; // neither spilled nor loaded meanwhile
            }
            try {
                if (from >= 0) {
                    bring(offset, bytes);
                    Memory.copy(from, scratch, bytes);
                } else if (position >= 0) {
                    spill.read(position + offset, scratch, bytes);
                } else {
                    Memory.zero(scratch, bytes);
                }
                return scratch;
            } finally {
                release();
            }
        }
    }

    /// A group in use, which stays in memory.
    public static final class Use implements AutoCloseable {
        private Group group;
        private boolean write;

        private Use(Group group, boolean write) {
            this.group = group;
            this.write = write;
        }

        /// Ends the writing; the group stays in use. A second call does nothing.
        public void settle() {
            if (group != null && write) {
                write = false;
                group.settle();
            }
        }

        @Override
        public void close() {
            if (group != null) {
                settle();
                group.release();
                group = null;
            }
        }
    }

    /// A new, empty group.
    public synchronized Group group(String name) {
        return new Group(name);
    }

    /// Ends the epochs of all groups, as if all were written: copies of their values are given up. Groups of which
    /// somebody else has values go on with theirs: until such a group is written or read without being used, handles
    /// are to be asked for anew.
    public synchronized void endEpochs() {
        groups.stream().filter(g -> g.epoch != null && g.epoch.here(0, g.size)).forEach(Group::endEpoch);
    }

    private void load(Group g) {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
        if (g.lease == null) {
            makeRoom(g);
            g.lease = pool.lease(g.size);
            residentBytes += g.size;
            if (g.position >= 0) {
                spill.read(g.position, g.lease.address(), g.size);
                readBytes += g.size;
                g.changed = false;
            } else {
                Memory.zero(g.lease.address(), g.size);
            }
        } else {
            resident.remove(g);
        }
        resident.add(g);
    }

    private void makeRoom(Group wanted) {
        for (var it = resident.iterator(); residentBytes + wanted.size > budget && it.hasNext();) {
            Group g = it.next();
            if (g.users == 0) {
                spill(g);
                it.remove();
            }
        }
        if (residentBytes + wanted.size > budget) {
            throw new IllegalStateException("group " + wanted.name + " of " + wanted.size
                    + " bytes does not fit beside " + residentBytes + " bytes in use; the budget is " + budget);
        }
    }

    private void spill(Group g) {
        g.bring(0, g.size);
        if (g.changed) {
            if (spill == null) {
                spill = SpillFile.create(spillFolder);
            }
            if (g.position < 0) {
                g.position = spillEnd;
                spillEnd += g.size;
            }
            spill.write(g.position, g.lease.address(), g.size);
            spilledBytes += g.size;
            g.changed = false;
        }
        g.lease.close();
        g.lease = null;
        residentBytes -= g.size;
    }

    /// Sets another budget and spills groups that are not in use, those used longest ago first, until it is kept. A
    /// store that never spills ignores it.
    public synchronized void budget(long bytes) {
        if (spillFolder == null) {
            return;
        }
        budget = bytes;
        for (var it = resident.iterator(); residentBytes > bytes && it.hasNext();) {
            Group g = it.next();
            if (g.users == 0) {
                spill(g);
                it.remove();
            }
        }
    }

    /// Bytes in memory now.
    public synchronized long residentBytes() {
        return residentBytes;
    }

    /// Bytes written to the spill file so far.
    public synchronized long spilledBytes() {
        return spilledBytes;
    }

    /// Bytes read back as whole groups so far.
    public synchronized long readBytes() {
        return readBytes;
    }

    /// Frees all memory and removes the spill file.
    @Override
    public synchronized void close() {
        closed = true;
        groups.forEach(Group::giveUpEpoch);
        for (Group g : resident) {
            g.lease.close();
            g.lease = null;
        }
        resident.clear();
        residentBytes = 0;
        if (spill != null) {
            spill.close();
            spill = null;
        }
    }
}
