package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.store.Buffer;
import java.util.function.Consumer;

/// The result of a pass on a device. No stream has anything to do with it between calls.
final class DeviceResult implements PassResult {
    private final DeviceSite site;
    private final Host host;
    /// Null when it is closed or handed over.
    private DeviceBuffer array;

    private DeviceResult(DeviceSite site, Host host, DeviceBuffer array) {
        this.site = site;
        this.host = host;
        this.array = array;
    }

    /// Takes memory and lets a function fill it, which returns when that is done.
    ///
    /// @param host whose memory results come to
    /// @param bytes of the array, 0 and more
    static DeviceResult make(DeviceSite site, Host host, long bytes, Consumer<DeviceBuffer> fill) {
        DeviceBuffer array = site.device().allocate(Math.max(1, bytes));
        DeviceResult result = new DeviceResult(site, host, array.slice(0, bytes));
        try {
            fill.accept(result.array);
            return result;
        } catch (RuntimeException | Error e) {
            result.close();
            throw e;
        }
    }

    /// A result as one on this device: moved if it is there, else copied there; it has no owner but the caller then.
    static DeviceResult on(DeviceSite site, Host host, PassResult result) {
        if (result instanceof DeviceResult there && there.site == site) {
            return there.take();
        }
        try (Buffer from = result.toHost()) {
            return make(site, host, from.bytes(), to -> {
                try (DeviceWork work = site.work()) {
                    if (from.bytes() > 0) {
                        work.stream().in(to, DeviceRegions.host(from.address(), from.bytes()));
                    }
                }
            });
        }
    }

    /// The array, still owned by this.
    DeviceBuffer array() {
        if (array == null) {
            throw new IllegalStateException("the result of a pass is used after its end");
        }
        return array;
    }

    /// The array, which belongs to the caller from now on.
    DeviceBuffer release() {
        DeviceBuffer released = array();
        array = null;
        return released;
    }

    @Override
    public DeviceResult take() {
        return new DeviceResult(site, host, release());
    }

    @Override
    public Buffer toHost() {
        DeviceBuffer from = array();
        Buffer to = Buffer.raw(host.memory(), from.bytes());
        try (DeviceResult _ = this; DeviceWork work = site.work()) {
            if (to.bytes() > 0) {
                work.stream().out(DeviceRegions.host(to.address(), to.bytes()), from);
            }
            return to;
        } catch (RuntimeException | Error e) {
            to.close();
            throw e;
        }
    }

    @Override
    public void close() {
        if (array != null) {
            site.device().release(release());
        }
    }
}
