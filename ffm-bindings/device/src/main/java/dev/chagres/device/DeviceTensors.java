package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.ffm.Status;
import dev.chagres.ffm.Stream;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.store.Epoch;
import dev.chagres.tensor.IntTensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Tensors of the host on a device: copied there once for all who hold them. A copy of a tensor with an [Epoch] stays
/// when nobody holds it, until the epoch is over or the slab needs room; then those go first that were used longest
/// ago. It is found again by the epoch and the place in it, never by an address, so it has the values of that time. Any
/// other copy is there while somebody holds it: such a tensor must not be written to meanwhile, and holders let go
/// before its memory is another one's.
///
/// A copy may be all that there is of a tensor ([#adopt]): it comes to the memory of the host when it has to give way
/// or somebody there asks for it. Safe for use by several threads.
final class DeviceTensors implements AutoCloseable {
    /// What a tensor is known by; handles are made anew whenever somebody asks for one.
    private sealed interface Key {}

    /// @param epoch null if there is none; `place` is an address then
    private record Stored(Epoch epoch, long place, long size, int width) implements Key {}

    private record Derived(Stored index, Stored table, long base) implements Key {}

    /// The copy of one tensor. Holders count from hold to close; uses from hold until the holder's stream has been
    /// waited for after its close. Counts are guarded by the tensors' lock.
    private final class Entry {
        private final Key key;
        /// Whether it stays without holders.
        private boolean kept;
        /// The tensor whose memory on the host lacks these values; null if it has them.
        private HostTensor lent;
        private int holders;
        private int uses;
        private final Lock filling = new ReentrantLock();
        private volatile DeviceBuffer buffer;

        Entry(Key key) {
            this.key = key;
        }

        /// Fills the memory once; everybody who needs the tensor waits for it here.
        DeviceBuffer fill(IntTensor tensor, DeviceWork work, boolean needed) {
            if (buffer != null) {
                return buffer;
            }
            if (needed) {
                filling.lock();
            } else if (!filling.tryLock()) { // who fills it may wait for the caller
                throw new Busy();
            }
            try {
                if (buffer == null) {
                    buffer = upload(tensor, work, needed);
                }
                return buffer;
            } finally {
                filling.unlock();
            }
        }
    }

    /// What a region of the slab is for: copies lie at its end, what calls work in at its begin, so that few copies that
    /// are in use do not cut up the rest.
    enum Region {
        COPY, WORK
    }

    /// Somebody fills what is wanted.
    private static final class Busy extends RuntimeException {
        private static final long serialVersionUID = 1;

        Busy() {
            super(null, null, false, false);
        }
    }

    private final Device device;
    private final Map<Key, Entry> entries = new HashMap<>();
    /// Copies that stay and that nobody uses, used longest ago first.
    private final Set<Entry> idle = new LinkedHashSet<>();
    /// Epochs that are not over and may have copies.
    private final Set<Epoch> epochs = new HashSet<>();
    /// Tells an epoch from another listener's.
    private final Epoch.Listener ends = this::over;
    /// Copies of [#holdIfRoom], whose holders are to let go before they ask for memory.
    private int passing;
    /// Threads that wait for them.
    private volatile int waiting;
    private final AtomicLong copied = new AtomicLong();
    private boolean keeps = true;
    /// Brings values to the host; null until there are any to bring.
    private Stream carrier;
    private boolean closed;

    DeviceTensors(Device device) {
        this.device = device;
    }

    /// From now on no copy stays that nobody uses, and none is made that is not needed: what is in use then is what is
    /// planned.
    synchronized void keepNone() {
        keeps = false;
        drop();
    }

    /// The values of a tensor on the device, ready for work of any stream until the result is closed.
    ///
    /// @param tensor in memory of the host, stored or derived
    /// @param work whose stream uses the values, and brings them there if nobody has yet
    /// @throws IllegalArgumentException if the tensor is no tensor of the host
    /// @throws DeviceException if the device has no memory for it, or fails
    Resident hold(IntTensor tensor, DeviceWork work) {
        return hold(tensor, work, true);
    }

    /// As [#hold], if the values are there or there is room for them. The holder closes the result before it asks for
    /// memory, and waits for its stream when they are [#wanted()]: others may wait for what is held.
    ///
    /// @throws DeviceException if the device fails
    Optional<Resident> holdIfRoom(IntTensor tensor, DeviceWork work) {
        synchronized (this) {
            if (!keeps) {
                return Optional.empty();
            }
            passing++;
        }
        try {
            Resident held = hold(tensor, work, false);
            return Optional.of(new Resident(held.ints(), held.size(), () -> {
                held.close();
                work.beforeMemory(this::passed);
            }));
        } catch (DeviceException e) {
            passed();
            if (e.status() != Status.MEMORY) {
                throw e;
            }
            return Optional.empty();
        } catch (Busy e) {
            passed();
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            passed();
            throw e;
        }
    }

    /// Whether somebody waits for copies that others hold for a moment.
    boolean wanted() {
        return waiting > 0;
    }

    private synchronized void passed() {
        passing--;
        notifyAll();
    }

    /// @param needed whether others give way
    private Resident hold(IntTensor tensor, DeviceWork work, boolean needed) {
        Entry entry = take(key(tensor));
        try {
            DeviceBuffer buffer = entry.fill(tensor, work, needed);
            return new Resident(new DeviceInts(buffer, tensor.width()), tensor.size(), () -> {
                close(entry);
                work.afterSync(() -> done(entry));
            });
        } catch (RuntimeException | Error e) {
            close(entry);
            done(entry);
            throw e;
        }
    }

    private synchronized Entry take(Key key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            entry = new Entry(key);
            boolean lasts = lasts(key);
            entry.kept = lasts && keeps;
            // Nobody finds values of an epoch that is over: they may be others now.
            if (lasts || !timed(key)) {
                entries.put(key, entry);
            }
        }
        idle.remove(entry);
        entry.holders++;
        entry.uses++;
        return entry;
    }

    private static Key key(IntTensor tensor) {
        return tensor instanceof DerivedTensor d
                ? new Derived(stored(d.index()), stored(d.table()), d.base())
                : stored(HostTensor.of(tensor));
    }

    private static Stored stored(HostTensor tensor) {
        return tensor.epoch()
                .map(e -> new Stored(e, tensor.place(), tensor.size(), tensor.width()))
                .orElseGet(() -> new Stored(null, tensor.address(), tensor.size(), tensor.width()));
    }

    private static boolean timed(Key key) {
        return switch (key) {
            case Stored s -> s.epoch != null;
            case Derived d -> timed(d.index) || timed(d.table);
        };
    }

    /// Whether somebody says when the values change, and they have not yet.
    private boolean lasts(Key key) {
        return switch (key) {
            case Stored s -> s.epoch != null && listens(s.epoch);
            case Derived d -> lasts(d.index) && lasts(d.table);
        };
    }

    private boolean listens(Epoch epoch) {
        if (epochs.contains(epoch)) {
            return true;
        }
        if (!epoch.tell(ends)) {
            return false;
        }
        epochs.add(epoch);
        return true;
    }

    private static boolean of(Epoch epoch, Key key) {
        return switch (key) {
            case Stored s -> s.epoch == epoch;
            case Derived d -> of(epoch, d.index) || of(epoch, d.table);
        };
    }

    private synchronized void over(Epoch epoch) {
        epochs.remove(epoch);
        entries.values().removeIf(entry -> {
            boolean its = of(epoch, entry.key);
            if (its) {
                entry.kept = false;
                entry.lent = null;
                if (idle.remove(entry)) {
                    device.release(entry.buffer);
                }
            }
            return its;
        });
        notifyAll();
    }

    /// Nobody finds a tensor that nobody holds, unless it stays: its memory on the host may be another one's soon.
    private synchronized void close(Entry entry) {
        entry.holders--;
        if (entry.holders == 0 && !entry.kept) {
            entries.remove(entry.key, entry);
        }
    }

    private synchronized void done(Entry entry) {
        entry.uses--;
        if (entry.uses > 0) {
            return;
        }
        if (entry.buffer == null) {
            entries.remove(entry.key, entry);
        } else if (entry.kept) {
            idle.add(entry);
        } else {
            device.release(entry.buffer);
        }
        notifyAll();
    }

    // --- memory ------------------------------------------------------------------------------------------------------

    /// Memory of the device. Copies that nobody uses give way, and those that are held for a moment are waited for; if
    /// that is not enough, what the work has released is waited for.
    ///
    /// @param work that asks, whose stream is waited for then
    /// @throws DeviceException if the slab has no such region, or the device fails
    DeviceBuffer allocate(long bytes, Region region, DeviceWork work) {
        Optional<DeviceBuffer> buffer = withoutIdle(bytes, region);
        if (buffer.isEmpty()) {
            work.sync();
            buffer = withoutIdle(bytes, region);
        }
        return buffer.orElseGet(() -> cut(bytes, region));
    }

    /// Does something that holds tensors and works in memory beside them; once more, without any copies that were there
    /// before, if there is no such memory in one piece between them.
    ///
    /// @param call leaves nothing when it fails
    /// @throws DeviceException if there is no memory for it without other copies, either
    <T> T withRoom(Supplier<T> call) {
        try {
            return call.get();
        } catch (DeviceException e) {
            if (e.status() != Status.MEMORY || !drop()) {
                throw e;
            }
        }
        return call.get();
    }

    /// @return empty if there is no such region without the copies that nobody uses, either
    private Optional<DeviceBuffer> withoutIdle(long bytes, Region region) {
        while (true) {
            Optional<DeviceBuffer> buffer = ifFree(bytes, region);
            if (buffer.isPresent() || !makeRoom()) {
                return buffer;
            }
        }
    }

    private Optional<DeviceBuffer> ifFree(long bytes, Region region) {
        try {
            return Optional.of(cut(bytes, region));
        } catch (DeviceException e) {
            if (e.status() != Status.MEMORY) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private DeviceBuffer cut(long bytes, Region region) {
        return region == Region.COPY ? device.allocateLast(bytes) : device.allocate(bytes);
    }

    /// Frees all copies that nobody uses.
    ///
    /// @return whether there were any
    private synchronized boolean drop() {
        boolean any = !idle.isEmpty();
        idle.forEach(this::bring);
        idle.forEach(e -> {
            entries.remove(e.key, e);
            device.release(e.buffer);
        });
        idle.clear();
        return any;
    }

    /// Frees a copy.
    ///
    /// @return whether there may be more room than before
    private synchronized boolean makeRoom() {
        if (idle.isEmpty()) {
            return waited();
        }
        Entry oldest = idle.iterator().next();
        bring(oldest);
        idle.remove(oldest);
        entries.remove(oldest.key, oldest);
        device.release(oldest.buffer);
        return true;
    }

    private boolean waited() {
        if (passing == 0) {
            return false;
        }
        waiting++;
        try {
            wait();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever interrupts wants an end, which a refusal is
            return false;
        } finally {
            waiting--;
        }
    }

    /// Takes a copy that somebody has made otherwise. Its stream has nothing left to do.
    ///
    /// @param tensor with the same values
    /// @param buffer from the slab
    /// @param alone whether the memory of the tensor lacks the values, and nobody reads them yet
    /// @return false if it is of no use here; the caller gives it back
    synchronized boolean adopt(HostTensor tensor, DeviceBuffer buffer, boolean alone) {
        Key key = stored(tensor);
        if (!keeps || !lasts(key) || entries.containsKey(key)) {
            return false;
        }
        Entry entry = new Entry(key);
        entry.kept = true;
        entry.buffer = buffer;
        if (alone) {
            entry.lent = tensor;
            tensor.epoch().orElseThrow().lend(tensor.place(), tensor.room().byteSize(), () -> bring(entry));
        }
        entries.put(key, entry);
        idle.add(entry);
        return true;
    }

    /// Writes values to the memory of the host that lacks them. Whoever has made or read them on the device has waited
    /// for that, or only reads them.
    ///
    /// @throws IllegalStateException if the device has been closed
    private synchronized void bring(Entry entry) {
        if (entry.lent == null) {
            return;
        }
        if (closed) {
            throw new IllegalStateException("values that only the device had are asked for after it was closed");
        }
        if (carrier == null) {
            carrier = device.stream();
        }
        carrier.out(entry.lent.room(), entry.buffer);
        entry.lent = null;
    }

    /// Bytes of the slab that are free, or would be if they were needed.
    synchronized long available() {
        return device.available() + idle.stream()
                .mapToLong(e -> e.buffer.bytes() + Device.ALIGNMENT - 1 & -Device.ALIGNMENT).sum();
    }

    /// Bytes of the host that were copied since the device was opened.
    long copied() {
        return copied.get();
    }

    /// Gives all copies back; nobody holds one then, and nobody reads what only the device has.
    @Override
    public synchronized void close() {
        closed = true;
        if (carrier != null) {
            closeCarrier();
        }
        epochs.forEach(e -> e.forget(ends));
        epochs.clear();
        idle.forEach(e -> device.release(e.buffer));
        idle.clear();
        entries.clear();
    }

    private void closeCarrier() {
        try {
            carrier.close();
        } catch (DeviceException e) {
            if (e.status() != Status.LOST) { // whoever lost it has been told
                throw e;
            }
        }
    }

    // --- values ------------------------------------------------------------------------------------------------------

    /// Copies or gathers the values, and waits for that.
    private DeviceBuffer upload(IntTensor tensor, DeviceWork work, boolean needed) {
        return tensor instanceof DerivedTensor derived ? gather(derived, work, needed)
                : copy(HostTensor.of(tensor), work, needed);
    }

    private DeviceBuffer region(long bytes, DeviceWork work, boolean needed) {
        return needed ? work.allocate(bytes, Region.COPY) : cut(Math.max(1, bytes), Region.COPY);
    }

    private DeviceBuffer copy(HostTensor tensor, DeviceWork work, boolean needed) {
        DeviceBuffer buffer = region(tensor.data().byteSize(), work, needed);
        copied.addAndGet(tensor.data().byteSize());
        return filled(buffer, work, () -> work.stream().in(buffer, tensor.data()));
    }

    private DeviceBuffer gather(DerivedTensor tensor, DeviceWork work, boolean needed) {
        try (Resident index = hold(tensor.index(), work, needed); Resident table = hold(tensor.table(), work, needed)) {
            DeviceBuffer buffer = region(Memory.baseBytes(tensor.size()), work, needed);
            return filled(buffer, work, () -> work.kernels().field().gatherInts(buffer, table.ints().buffer(),
                    tensor.base(), table.size(), index.ints(), tensor.size()));
        }
    }

    /// A buffer after its work is done; given back if that fails.
    private static DeviceBuffer filled(DeviceBuffer buffer, DeviceWork work, Runnable fill) {
        try {
            fill.run();
            work.sync();
        } catch (RuntimeException | Error e) {
            work.release(buffer);
            throw e;
        }
        return buffer;
    }
}
