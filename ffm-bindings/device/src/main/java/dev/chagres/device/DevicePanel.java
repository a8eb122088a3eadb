package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.graph.FallingTable;
import dev.chagres.graph.Panel;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.tensor.IntTensor;
import java.util.Objects;

/// A [Panel] on a device. Lanes are padded to a multiple of 16 and kernels work on all of them but where a value may
/// fail; what padding holds never reaches a real lane.
///
/// Calls become work of one stream and return at once, but for [#get]. A value that does not fit its tensor, and an
/// index outside its table, are known when the section ends: see [DeviceInference].
final class DevicePanel implements Panel {
    private final PanelSpace space;
    private final PanelMemory memory;
    private final int stride;
    private final int first;
    private final int channels;
    private final int lanes;

    /// @param memory of whole rows of `stride` elements
    /// @param first row of the memory that is channel 0
    DevicePanel(PanelSpace space, PanelMemory memory, int stride, int first, int channels, int lanes) {
        this.space = space;
        this.memory = memory;
        this.stride = stride;
        this.first = first;
        this.channels = channels;
        this.lanes = lanes;
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int lanes() {
        return lanes;
    }

    private int index(int channel, int lane) {
        Objects.checkIndex(channel, channels);
        Objects.checkIndex(lane, lanes);
        return (first + channel) * stride + lane;
    }

    @Override
    public int get(int channel, int lane) {
        return memory.get(index(channel, lane));
    }

    @Override
    public void set(int channel, int lane, int value) {
        memory.set(index(channel, lane), value);
    }

    @Override
    public DevicePanel part(int from, int count) {
        Objects.checkFromIndexSize(from, count, channels);
        return new DevicePanel(space, memory, stride, first + from, count, lanes);
    }

    private DeviceBuffer part(DeviceBuffer whole) {
        return whole.slice((long) Integer.BYTES * first * stride, (long) Integer.BYTES * channels * stride);
    }

    private DeviceBuffer read() {
        return part(memory.read());
    }

    private DeviceBuffer write() {
        return part(memory.write());
    }

    /// Elements, lane padding included.
    private long elements() {
        return (long) channels * stride;
    }

    private DevicePanel same(Panel other) {
        DevicePanel p = (DevicePanel) other;
        if (p.channels != channels || p.lanes != lanes) {
            throw new IllegalArgumentException(
                    "panels of " + channels + " x " + lanes + " and " + p.channels + " x " + p.lanes);
        }
        return p;
    }

    private DevicePanel laneArray(Panel p) {
        if (p.channels() != 1 || p.lanes() != lanes) {
            throw new IllegalArgumentException(
                    "a lane array of " + p.channels() + " x " + p.lanes() + " for " + lanes + " lanes");
        }
        return (DevicePanel) p;
    }

    @Override
    public void fill(int value) {
        if (channels > 0) {
            space.work().stream().fill(write(), value);
        }
    }

    @Override
    public void mask(int diagonal, int value) {
        space.kernels().inference().mask(write(), stride, diagonal, value, channels, lanes);
    }

    @Override
    public void copyAbove(int diagonal, Panel x) {
        DeviceBuffer other = same(x).read();
        space.kernels().inference().copyAbove(write(), other, stride, diagonal, channels, lanes);
    }

    // --- tensors -------------------------------------------------------------------------------------------------

    private void checkTensor(IntTensor t, long from, long tensorStride) {
        Objects.checkFromIndexSize(from, (channels - 1) * tensorStride + lanes, t.size());
    }

    private static DeviceInts from(DeviceInts tensor, long element) {
        return new DeviceInts(tensor.buffer(), tensor.first() + element, tensor.bits());
    }

    @Override
    public void load(IntTensor tensor, long from, long tensorStride) {
        if (channels > 0) {
            checkTensor(tensor, from, tensorStride);
            space.kernels().inference().load(write(), stride, from(((RunTensor) tensor).read(), from), tensorStride, 1,
                    channels, lanes);
        }
    }

    /// Element (c, t) from `from[c]`, in all lanes, padding included.
    void spread(IntTensor tensor) {
        space.kernels().inference().load(write(), stride, ((RunTensor) tensor).read(), 1, 0, channels, stride);
    }

    @Override
    public void store(IntTensor tensor, long to, long tensorStride) {
        // What a derived tensor follows from has been stored.
        if (channels > 0 && !(tensor instanceof DerivedTensor)) {
            checkTensor(tensor, to, tensorStride);
            store((RunTensor) tensor, to, tensorStride, 1);
        }
    }

    @Override
    public void storeTransposed(IntTensor tensor, long to, long tensorStride) {
        if (channels > 0 && !(tensor instanceof DerivedTensor)) {
            Objects.checkFromIndexSize(to, (lanes - 1) * tensorStride + channels, tensor.size());
            store((RunTensor) tensor, to, 1, tensorStride);
        }
    }

    private void store(RunTensor tensor, long to, long rowStride, long laneStride) {
        space.kernels().inference().store(from(tensor.write(), to), rowStride, laneStride, read(), stride, channels,
                lanes, space.failed());
    }

    // --- element by element --------------------------------------------------------------------------------------

    @Override
    public void add(Panel x) {
        DeviceBuffer other = same(x).read();
        DeviceBuffer mine = write();
        space.kernels().panel().add(mine, mine, other, elements());
    }

    @Override
    public void multiply(Panel x) {
        DeviceBuffer other = same(x).read();
        DeviceBuffer mine = write();
        space.kernels().inference().multiply(mine, mine, other, elements());
    }

    @Override
    public void rotate(Panel y, Panel cos, Panel sin) {
        space.kernels().inference().rotate(write(), same(y).write(), same(cos).read(), same(sin).read(), elements());
    }

    @Override
    public void shiftRound(int shift, Panel remainder) {
        DeviceBuffer mine = write();
        space.kernels().integer().shiftRound(mine, same(remainder).write(), mine, shift, elements());
    }

    @Override
    public void lookup(Panel x, IntTensor values, long base) {
        checkTable(values);
        DeviceBuffer index = same(x).read();
        space.kernels().inference().table(write(), index, stride, ((RunTensor) values).read(), base, values.size(),
                channels, lanes, space.failed());
    }

    private static void checkTable(IntTensor values) {
        if (values.width() != Integer.SIZE) {
            throw new IllegalArgumentException("a table of " + values.width() + " bits");
        }
    }

    @Override
    public void mantissas(Panel x, Panel exponents, Panel pairs) {
        space.kernels().panel().mantissas(write(), same(pairs).write(), same(x).read(), stride,
                laneArray(exponents).read(), channels, stride);
    }

    @Override
    public void scaleRound(Panel m, Panel factors, int shift, Panel remainder) {
        space.kernels().panel().scaleRound(write(), same(remainder).write(), same(m).read(), stride,
                laneArray(factors).read(), shift, channels, stride);
    }

    // --- per lane ------------------------------------------------------------------------------------------------

    private DevicePanel lanesOf(Panel panel) {
        DevicePanel x = (DevicePanel) panel;
        x.laneArray(this);
        return x;
    }

    @Override
    public void maxima(Panel panel) {
        DevicePanel x = lanesOf(panel);
        space.kernels().panel().max(write(), x.read(), stride, x.channels, stride);
    }

    @Override
    public void sums(Panel panel) {
        DevicePanel x = lanesOf(panel);
        space.kernels().panel().sum(write(), x.read(), stride, x.channels, stride);
    }

    @Override
    public void magnitudes(Panel panel) {
        DevicePanel x = lanesOf(panel);
        space.kernels().panel().magnitude(write(), x.read(), stride, x.channels, stride);
    }

    @Override
    public void neighbourProducts(Panel panel) {
        DevicePanel x = lanesOf(panel);
        space.kernels().panel().neighbourProducts(write(), x.read(), stride, x.channels, stride);
    }

    @Override
    public void firstOutside(Panel panel, int low, int high) {
        DevicePanel x = lanesOf(panel);
        space.kernels().panel().firstOutside(write(), x.read(), stride, low, high, x.channels, stride);
    }

    @Override
    public void firstOutside(Panel panel, int low, int high, int diagonal) {
        DevicePanel x = lanesOf(panel);
        space.kernels().inference().firstOutsideBelow(write(), x.read(), stride, low, high, diagonal, x.channels,
                stride);
    }

    /// A look-up in a table that has the one entry that stands for none.
    @Override
    public void tellOutside(int count, Outside outside) {
        DeviceBuffer found = write();
        space.kernels().inference().table(found, found, stride, space.single(), count, 1, channels, lanes,
                space.failed());
    }

    // --- products ------------------------------------------------------------------------------------------------

    @Override
    public void addProduct(IntTensor weights, long from, long weightStride, Panel panel) {
        DevicePanel x = (DevicePanel) panel;
        if (channels == 0 || x.channels == 0) {
            return;
        }
        if (weights.width() != Short.SIZE) {
            throw new IllegalArgumentException("a factor of " + weights.width() + " bits");
        }
        if (x.lanes != lanes) {
            throw new IllegalArgumentException("a product of " + x.lanes + " lanes for " + lanes);
        }
        Objects.checkFromIndexSize(from, (channels - 1) * weightStride + x.channels, weights.size());
        DeviceBuffer factor = x.read();
        space.kernels().integer().matmul(write(), stride, from(((RunTensor) weights).read(), from), weightStride,
                factor, stride, channels, x.channels, stride);
    }

    // --- falling tables ------------------------------------------------------------------------------------------

    @Override
    public void subtractFrom(Panel offsets) {
        space.kernels().panel().subtractFrom(write(), stride, laneArray(offsets).read(), channels, stride);
    }

    @Override
    public void distances(Panel offsets, FallingTable f, Panel at, Panel before) {
        DeviceInts table = table(f);
        space.kernels().panel().neighbours(same(before).write(), same(at).write(), write(), stride,
                laneArray(offsets).read(), table.buffer(), limit(f), channels, stride);
    }

    @Override
    public void leastOffsets(Panel panel, Panel least, FallingTable f, int most, int support) {
        DevicePanel x = lanesOf(panel);
        space.kernels().inference().offsets(write(), x.read(), stride, laneArray(least).read(), table(f), limit(f),
                most, support, x.channels, lanes);
    }

    private static DeviceInts table(FallingTable f) {
        checkTable(f.values());
        return ((RunTensor) f.values()).read();
    }

    private static int limit(FallingTable f) {
        return Math.toIntExact(f.values().size() - 2);
    }
}
