package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceInferenceKernels.Groups;
import dev.chagres.ffm.DeviceInferenceKernels.LaneGroups;
import dev.chagres.ffm.DeviceInferenceKernels.Weights;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.graph.FallingTable;
import dev.chagres.graph.Panel;
import dev.chagres.graph.Width;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.tensor.IntTensor;
import java.util.Objects;

/// A [Panel] on a device. Lanes of a group are padded to a multiple of 16 and kernels work on all of them but where a
/// value may fail; what padding holds never reaches a real lane.
///
/// Calls become work of one stream and return at once, but for [#get]. A value that does not fit its tensor, and an
/// index outside its table, are known when the section ends: see [DeviceInference].
final class DevicePanel implements Panel {
    /// log2 of more output channels than there are: their weights lie in one tile.
    private static final int ONE_TILE = 30;

    private final PanelSpace space;
    private final PanelMemory memory;
    private final int groups;
    /// Elements from the lanes of a group to those of the next one.
    private final int pitch;
    /// Elements of a channel.
    private final int stride;
    private final int first;
    private final int channels;
    private final int lanes;

    /// @param memory of whole rows of the lanes of all groups, padded
    /// @param first row of the memory that is channel 0
    DevicePanel(PanelSpace space, PanelMemory memory, int groups, int first, int channels, int lanes) {
        this.space = space;
        this.memory = memory;
        this.groups = groups;
        this.pitch = (int) Memory.padded(lanes);
        this.stride = groups * pitch;
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

    @Override
    public int groups() {
        return groups;
    }

    private int index(int channel, int group, int lane) {
        Objects.checkIndex(channel, channels);
        Objects.checkIndex(group, groups);
        Objects.checkIndex(lane, lanes);
        return (first + channel) * stride + group * pitch + lane;
    }

    @Override
    public int get(int channel, int group, int lane) {
        return memory.get(index(channel, group, lane));
    }

    @Override
    public void set(int channel, int lane, int value) {
        memory.set(index(channel, 0, lane), value);
    }

    @Override
    public DevicePanel part(int from, int count) {
        Objects.checkFromIndexSize(from, count, channels);
        return new DevicePanel(space, memory, groups, first + from, count, lanes);
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
        if (p.channels != channels || p.lanes != lanes || p.groups != groups) {
            throw new IllegalArgumentException("panels of " + channels + " x " + groups + " x " + lanes + " and "
                    + p.channels + " x " + p.groups + " x " + p.lanes);
        }
        return p;
    }

    private DevicePanel laneArray(Panel p) {
        if (p.channels() != 1 || p.lanes() != lanes || p.groups() != groups) {
            throw new IllegalArgumentException("a lane array of " + p.channels() + " x " + p.groups() + " x " + p.lanes()
                    + " for " + groups + " x " + lanes + " lanes");
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
        space.kernels().inference().mask(write(), stride, diagonal, value, channels, pitch, groups);
    }

    @Override
    public void copyAbove(int diagonal, Panel x) {
        DeviceBuffer other = same(x).read();
        space.kernels().inference().copyAbove(write(), other, stride, diagonal, channels, pitch, groups);
    }

    // --- tensors -------------------------------------------------------------------------------------------------

    private void checkTensor(IntTensor t, long from, long tensorStride, long group) {
        Objects.checkFromIndexSize(from, (groups - 1) * group + (channels - 1) * tensorStride + lanes, t.size());
    }

    private static DeviceInts from(DeviceInts tensor, long element) {
        return new DeviceInts(tensor.buffer(), tensor.first() + element, tensor.bits());
    }

    @Override
    public void load(IntTensor tensor, long from, long tensorStride, long group) {
        if (channels > 0) {
            checkTensor(tensor, from, tensorStride, group);
            space.kernels().inference().load(write(), stride, from(((RunTensor) tensor).read(), from), tensorStride, 1,
                    channels, lanes, new LaneGroups(groups, pitch, group));
        }
    }

    /// Element (c, t) from `from[c]`, in all lanes, padding included.
    void spread(IntTensor tensor) {
        space.kernels().inference().load(write(), stride, ((RunTensor) tensor).read(), 1, 0, channels, stride,
                LaneGroups.ONE);
    }

    @Override
    public void store(IntTensor tensor, long to, long tensorStride, long group) {
        // What a derived tensor follows from has been stored.
        if (channels > 0 && !(tensor instanceof DerivedTensor)) {
            checkTensor(tensor, to, tensorStride, group);
            store((RunTensor) tensor, to, tensorStride, 1, group);
        }
    }

    @Override
    public void storeTransposed(IntTensor tensor, long to, long tensorStride, long group) {
        if (channels > 0 && !(tensor instanceof DerivedTensor)) {
            Objects.checkFromIndexSize(to, (groups - 1) * group + (lanes - 1) * tensorStride + channels, tensor.size());
            store((RunTensor) tensor, to, 1, tensorStride, group);
        }
    }

    private void store(RunTensor tensor, long to, long rowStride, long laneStride, long group) {
        space.kernels().inference().store(from(tensor.write(), to), rowStride, laneStride, read(), stride, channels,
                lanes, new LaneGroups(groups, pitch, group), space.failed());
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
        table(index, ((RunTensor) values).read(), base, values.size());
    }

    /// Every lane is looked up and no padding, which may be in no table.
    private void table(DeviceBuffer index, DeviceInts values, long base, long size) {
        DeviceBuffer mine = write();
        // Without padding the lanes of all groups are one run.
        boolean together = lanes == pitch;
        for (int g = 0; g < (together ? 1 : groups); g++) {
            space.kernels().inference().table(lanesFrom(mine, g), lanesFrom(index, g), stride, values, base, size,
                    channels, together ? stride : lanes, space.failed());
        }
    }

    private DeviceBuffer lanesFrom(DeviceBuffer buffer, int group) {
        long skipped = (long) Integer.BYTES * group * pitch;
        return buffer.slice(skipped, buffer.bytes() - skipped);
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
        space.kernels().inference().firstOutsideBelow(write(), x.read(), stride, low, high, diagonal, x.channels, pitch,
                groups);
    }

    /// A look-up in a table that has the one entry that stands for none.
    @Override
    public void tellOutside(int count, Outside outside) {
        table(read(), space.single(), count, 1);
    }

    // --- products ------------------------------------------------------------------------------------------------

    @Override
    public void addProduct(IntTensor weights, long from, long weightStride, Panel panel) {
        DevicePanel x = factor(weights, panel);
        if (channels == 0 || x.channels == 0) {
            return;
        }
        Objects.checkFromIndexSize(from, (channels - 1) * weightStride + x.channels, weights.size());
        DeviceBuffer factor = x.read();
        space.kernels().integer().matmul(write(), stride, from(((RunTensor) weights).read(), from), weightStride,
                factor, stride, channels, x.channels, stride);
    }

    private DevicePanel factor(IntTensor weights, Panel panel) {
        DevicePanel x = (DevicePanel) panel;
        if (weights.width() != Short.SIZE) {
            throw new IllegalArgumentException("a factor of " + weights.width() + " bits");
        }
        if (x.lanes != lanes || x.groups != groups) {
            throw new IllegalArgumentException(
                    "a product of " + x.groups + " x " + x.lanes + " lanes for " + groups + " x " + lanes);
        }
        return x;
    }

    @Override
    public void addProduct(IntTensor weights, WeightTiles tiles, Panel panel) {
        DevicePanel x = factor(weights, panel);
        DeviceInts factors = new DeviceInts(x.read(), Integer.SIZE);
        DeviceInts ints = from(((RunTensor) weights).read(), tiles.first());
        space.kernels().inference().product(write(), stride, new Weights(ints, ONE_TILE, tiles.bits(), 0, tiles.tile()),
                factors, stride, channels, x.channels, lanes,
                new Groups(groups, tiles.share(), pitch, tiles.group(), pitch));
    }

    /// Adds a whole product, whose tiles are as wide as this panel has channels.
    ///
    /// @param weights of 16 bits, from the first tile on
    /// @param x input channel 0 of lane 0 is number `from`, channels are `xStride` apart
    void addProduct(IntTensor weights, Width in, Width out, IntTensor x, long from, long xStride) {
        if (channels != out.padded()) {
            throw new IllegalArgumentException("a product of " + out.padded() + " channels for " + channels);
        }
        Objects.checkFromIndexSize(from, (in.padded() - 1) * xStride + lanes, x.size());
        DeviceInts factor = from(((RunTensor) x).read(), from);
        long tile = 1L << out.bits() + in.bits();
        Weights tiles = new Weights(((RunTensor) weights).read(), out.bits(), in.bits(), in.count() * tile, tile);
        space.kernels().inference().product(write(), stride, tiles, factor, xStride, channels, in.padded(), lanes,
                Groups.ONE);
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
                most, support, x.channels, stride);
    }

    private static DeviceInts table(FallingTable f) {
        checkTable(f.values());
        return ((RunTensor) f.values()).read();
    }

    private static int limit(FallingTable f) {
        return Math.toIntExact(f.values().size() - 2);
    }
}
