package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.NativeLibrary;
import dev.chagres.ffm.Status;
import java.util.ArrayDeque;

/// An open device and what all stages on it share. Safe for use by several threads.
final class DeviceSite implements AutoCloseable {
    private final Device device;
    private final String name;
    private final DeviceTensors tensors;
    /// Works that nobody uses, the last one given back first.
    private final ArrayDeque<DeviceWork> idle = new ArrayDeque<>();
    private boolean closed;

    /// Opens a device.
    ///
    /// @param slabBytes all memory that stages may use there, a positive multiple of [Device#ALIGNMENT]
    /// @throws DeviceException if there is no such device, or not as much memory
    DeviceSite(NativeLibrary library, int ordinal, long slabBytes) {
        this.device = library.open(ordinal, slabBytes);
        try {
            this.name = name(device.info());
        } catch (RuntimeException | Error e) {
            device.close();
            throw e;
        }
        this.tensors = new DeviceTensors(device);
    }

    /// How listings call a device: `cuda:0 NVIDIA H100 sm_90`, `emulated`.
    static String name(Device.Info info) {
        return info.emulated() ? info.name()
                : "cuda:" + info.ordinal() + " " + info.name() + " sm_" + info.computeCapability();
    }

    String name() {
        return name;
    }

    Device device() {
        return device;
    }

    /// Tensors of the host on the device.
    DeviceTensors tensors() {
        return tensors;
    }

    /// A stream with its kernels and pages, for one thread at a time until it is closed.
    DeviceWork work() {
        synchronized (idle) {
            if (closed) {
                throw new IllegalStateException("the device " + name + " is closed");
            }
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        return new DeviceWork(this);
    }

    /// Takes a work back whose stream has nothing left to do.
    ///
    /// @return whether it may be used again; if not, its owner ends it
    boolean takeBack(DeviceWork work) {
        synchronized (idle) {
            if (!closed) {
                idle.push(work);
            }
            return !closed;
        }
    }

    /// Gives the device back; no work is in use then. That it was lost is no news here: its users have been told.
    ///
    /// @throws DeviceException if work is in use
    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            while (!idle.isEmpty()) {
                end(idle.pop());
            }
        }
        tensors.close();
        device.close();
    }

    private static void end(DeviceWork work) {
        try {
            work.end();
        } catch (DeviceException e) {
            if (e.status() != Status.LOST) {
                throw e;
            }
        }
    }
}
