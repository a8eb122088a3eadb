package dev.chagres.device;

import dev.chagres.ffm.DeviceInts;
import dev.chagres.prove.data.HostTensor;

/// Values of a key column or of a section that is complete, which stay as they are: on the device from the first kernel
/// that reads them until this is closed.
final class FixedTensor implements RunTensor, AutoCloseable {
    private final HostTensor host;
    private final DeviceSite site;
    private final DeviceWork work;
    private Resident resident;

    FixedTensor(HostTensor host, DeviceSite site, DeviceWork work) {
        this.host = host;
        this.site = site;
        this.work = work;
    }

    @Override
    public DeviceInts read() {
        if (resident == null) {
            resident = site.tensors().hold(host, work);
        }
        return resident.ints();
    }

    @Override
    public DeviceInts write() {
        throw new UnsupportedOperationException("a tensor that is complete cannot be written to");
    }

    @Override
    public int width() {
        return host.width();
    }

    @Override
    public long size() {
        return host.size();
    }

    @Override
    public int get(long i) {
        return host.get(i);
    }

    @Override
    public int get32(long i) {
        return host.get32(i);
    }

    @Override
    public int get16(long i) {
        return host.get16(i);
    }

    @Override
    public void set(long i, int v) {
        throw new UnsupportedOperationException("a tensor that is complete cannot be written to");
    }

    @Override
    public void close() {
        if (resident != null) {
            resident.close();
        }
    }
}
