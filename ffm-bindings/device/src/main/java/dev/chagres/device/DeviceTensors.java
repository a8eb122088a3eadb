package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.IntTensor;
import java.util.HashMap;
import java.util.Map;

/// Tensors of the host on a device: uploaded once while somebody holds them, counted, and freed when the last one has
/// let go. Safe for use by several threads.
///
/// Values are those of the moment of the first hold, so a tensor that is held must not be written to, and its memory
/// must stay its own: holders let go before the use of its section ends.
final class DeviceTensors {
    /// What a tensor is known by; handles are made anew whenever somebody asks for one.
    private sealed interface Key {}

    private record Stored(long address, long size, int width) implements Key {}

    private record Derived(Stored index, Stored table, long base) implements Key {}

    /// The memory of one tensor. Holders count from hold to close; uses from hold until the holder's stream has been
    /// waited for after its close.
    private final class Entry {
        private final Key key;
        private int holders;
        private int uses;
        private DeviceBuffer buffer;

        Entry(Key key) {
            this.key = key;
        }

        /// Fills the memory once; everybody who holds the tensor waits for it here.
        synchronized DeviceBuffer fill(IntTensor tensor, DeviceWork work) {
            if (buffer == null) {
                buffer = upload(tensor, work);
            }
            return buffer;
        }
    }

    private final Device device;
    private final Map<Key, Entry> entries = new HashMap<>();

    DeviceTensors(Device device) {
        this.device = device;
    }

    /// The values of a tensor on the device, ready for work of any stream until the result is closed.
    ///
    /// @param tensor in memory of the host, stored or derived
    /// @param work whose stream uses the values, and brings them there if nobody has yet
    /// @throws IllegalArgumentException if the tensor is no tensor of the host
    /// @throws DeviceException if the device has no memory for it, or fails
    Resident hold(IntTensor tensor, DeviceWork work) {
        Key key = key(tensor);
        Entry entry;
        synchronized (entries) {
            entry = entries.computeIfAbsent(key, Entry::new);
            entry.holders++;
            entry.uses++;
        }
        try {
            DeviceBuffer buffer = entry.fill(tensor, work);
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

    private static Key key(IntTensor tensor) {
        return tensor instanceof DerivedTensor d
                ? new Derived(stored(d.index()), stored(d.table()), d.base())
                : stored(HostTensor.of(tensor));
    }

    private static Stored stored(HostTensor tensor) {
        return new Stored(tensor.address(), tensor.size(), tensor.width());
    }

    /// Nobody finds a tensor that nobody holds: its memory on the host may be another one's soon.
    private void close(Entry entry) {
        synchronized (entries) {
            entry.holders--;
            if (entry.holders == 0) {
                entries.remove(entry.key);
            }
        }
    }

    private void done(Entry entry) {
        synchronized (entries) {
            entry.uses--;
            if (entry.uses == 0 && entry.buffer != null) {
                device.release(entry.buffer);
            }
        }
    }

    /// Copies or gathers the values, and waits for that.
    private DeviceBuffer upload(IntTensor tensor, DeviceWork work) {
        return tensor instanceof DerivedTensor derived ? gather(derived, work) : copy(HostTensor.of(tensor), work);
    }

    private static DeviceBuffer copy(HostTensor tensor, DeviceWork work) {
        DeviceBuffer buffer = work.allocate(tensor.data().byteSize());
        return filled(buffer, work, () -> work.stream().in(buffer, tensor.data()));
    }

    private DeviceBuffer gather(DerivedTensor tensor, DeviceWork work) {
        try (Resident index = hold(tensor.index(), work); Resident table = hold(tensor.table(), work)) {
            DeviceBuffer buffer = work.allocate(Memory.baseBytes(tensor.size()));
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
