package dev.chagres.prove.witness;

import dev.chagres.graph.FallingTable;
import dev.chagres.graph.Panel;
import dev.chagres.graph.Workspace;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.IntTensor;
import java.util.Objects;

/// A [Panel] in off-heap memory, worked on by kernels; it has one group of lanes.
///
/// Lanes are padded to a multiple of 16 and kernels work on all of them; what padding holds never reaches a real lane.
/// A panel of one lane has no padding between its channels: kernels see it as 16 lanes of every sixteenth channel, so
/// that a single row costs what it should.
final class MemoryPanel implements Panel {
    private final TaskMemory memory;
    private final long address;
    private final int stride;
    private final int channels;
    private final int lanes;

    /// @param address of channels * stride elements, padded to a multiple of 16
    /// @param stride elements from one channel to the next: 1 for one lane, else a multiple of 16
    MemoryPanel(TaskMemory memory, long address, int stride, int channels, int lanes) {
        this.memory = memory;
        this.address = address;
        this.stride = stride;
        this.channels = channels;
        this.lanes = lanes;
    }

    long address() {
        return address;
    }

    int stride() {
        return stride;
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int lanes() {
        return lanes;
    }

    private long index(int channel, int lane) {
        Objects.checkIndex(channel, channels);
        Objects.checkIndex(lane, lanes);
        return (long) channel * stride + lane;
    }

    @Override
    public int get(int channel, int lane) {
        return Memory.getInt(address, index(channel, lane));
    }

    @Override
    public int get(int channel, int group, int lane) {
        Objects.checkIndex(group, 1);
        return get(channel, lane);
    }

    @Override
    public void set(int channel, int lane, int value) {
        Memory.setInt(address, index(channel, lane), value);
    }

    @Override
    public MemoryPanel part(int first, int count) {
        Objects.checkFromIndexSize(first, count, channels);
        return new MemoryPanel(memory, address + 4L * first * stride, stride, count, lanes);
    }

    /// Lanes [first, first + count): this panel when that is all, else a copy.
    MemoryPanel lanes(Workspace workspace, int first, int count) {
        if (first == 0 && Memory.padded(count) == stride) {
            return new MemoryPanel(memory, address, stride, channels, count);
        }
        // Whole blocks of lanes; what comes after the last real lane is padding on both sides.
        MemoryPanel copy = (MemoryPanel) workspace.panel(channels, count);
        memory.panels.copy(copy.address, copy.stride, address + 4L * first, stride, channels, copy.stride);
        return copy;
    }

    @Override
    public void fill(int value) {
        if (value == 0) {
            Memory.zero(address, 4L * channels * stride);
            return;
        }
        for (long i = 0; i < (long) channels * stride; i++) {
            Memory.setInt(address, i, value);
        }
    }

    @Override
    public void mask(int diagonal, int value) {
        for (int t = 0; t < lanes; t++) {
            for (int c = Math.max(0, diagonal + t + 1); c < channels; c++) {
                set(c, t, value);
            }
        }
    }

    @Override
    public void copyAbove(int diagonal, Panel panel) {
        MemoryPanel x = same(panel);
        for (int t = 0; t < lanes; t++) {
            for (int c = Math.max(0, diagonal + t + 1); c < channels; c++) {
                set(c, t, x.get(c, t));
            }
        }
    }

    // --- tensors ---------------------------------------------------------------------------------------------

    private void checkTensor(HostTensor t, long first, long stride) {
        Objects.checkFromIndexSize(first, (channels - 1) * stride + lanes, t.size());
    }

    /// Lanes that kernels move; the rest goes one by one.
    private int bulk() {
        return lanes - lanes % Memory.BLOCK;
    }

    @Override
    public void load(IntTensor tensor, long first, long tensorStride, long group) {
        if (channels == 0) {
            return;
        }
        HostTensor from = (HostTensor) tensor;
        checkTensor(from, first, tensorStride);
        long source = from.address() + first * (from.width() / 8);
        if (bulk() == 0) {
            // nothing for kernels
        } else if (from.width() == 32) {
            memory.panels.copy(address, stride, source, tensorStride, channels, bulk());
        } else {
            memory.panels.widen(address, stride, source, tensorStride, channels, bulk());
        }
        for (int c = 0; c < channels; c++) {
            for (int t = bulk(); t < lanes; t++) {
                Memory.setInt(address, (long) c * stride + t, from.get(first + c * tensorStride + t));
            }
        }
    }

    @Override
    public void store(IntTensor tensor, long first, long tensorStride, long group) {
        if (channels == 0) {
            return;
        }
        if (tensor instanceof DerivedTensor derived) {
            assert holds(derived, first, tensorStride) : "values that do not follow from the index";
            return;
        }
        HostTensor to = (HostTensor) tensor;
        checkTensor(to, first, tensorStride);
        long target = to.address() + first * (to.width() / 8);
        if (bulk() == 0) {
            // nothing for kernels
        } else if (to.width() == 32) {
            memory.panels.copy(target, tensorStride, address, stride, channels, bulk());
        } else if (!memory.panels.narrow(target, tensorStride, address, stride, channels, bulk())) {
            throw new IllegalArgumentException("a value does not fit 16 bits");
        }
        for (int c = 0; c < channels; c++) {
            for (int t = bulk(); t < lanes; t++) {
                to.set(first + c * tensorStride + t, Memory.getInt(address, (long) c * stride + t));
            }
        }
    }

    private boolean holds(IntTensor tensor, long first, long tensorStride) {
        for (int c = 0; c < channels; c++) {
            for (int t = 0; t < lanes; t++) {
                if (tensor.get(first + c * tensorStride + t) != get(c, t)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void storeTransposed(IntTensor to, long first, long tensorStride, long group) {
        for (int t = 0; t < lanes; t++) {
            for (int c = 0; c < channels; c++) {
                to.set(first + t * tensorStride + c, Memory.getInt(address, (long) c * stride + t));
            }
        }
    }

    // --- element by element ------------------------------------------------------------------------------------

    private MemoryPanel same(Panel other) {
        MemoryPanel p = (MemoryPanel) other;
        if (p.channels != channels || p.lanes != lanes) {
            throw new IllegalArgumentException(
                    "panels of " + channels + " x " + lanes + " and " + p.channels + " x " + p.lanes);
        }
        return p;
    }

    /// Elements, lane padding included. Kernels round up to 16, which must stay inside the panel.
    private long elements() {
        long n = (long) channels * stride;
        if (n % Memory.BLOCK != 0 && address % Memory.ALIGNMENT != 0) {
            throw new IllegalArgumentException("a part of " + n + " elements in the middle of a one-lane panel");
        }
        return n;
    }

    @Override
    public void add(Panel x) {
        memory.panels.add(address, address, same(x).address, elements());
    }

    @Override
    public void multiply(Panel x) {
        memory.panels.multiply(address, address, same(x).address, elements());
    }

    @Override
    public void rotate(Panel y, Panel cos, Panel sin) {
        memory.panels.rotate(address, same(y).address, same(cos).address, same(sin).address, elements());
    }

    @Override
    public void shiftRound(int shift, Panel remainder) {
        memory.integers.shiftRound(address, same(remainder).address, address, shift, elements());
    }

    @Override
    public void lookup(Panel x, IntTensor values, long base) {
        MemoryPanel from = same(x);
        HostTensor table = (HostTensor) values;
        if (table.width() != 32) {
            throw new IllegalArgumentException("a table of " + table.width() + " bits");
        }
        boolean inside = true;
        if (lanes == stride) {
            inside = memory.panels.lookup(address, table.address(), base, table.size(), from.address, elements());
        } else {
            for (int c = 0; c < channels; c++) {
                long row = 4L * c * stride;
                inside &= memory.panels.lookup(
                        address + row, table.address(), base, table.size(), from.address + row, lanes);
            }
        }
        if (!inside) {
            throw new IndexOutOfBoundsException("an index is outside [" + base + ", " + (base + table.size()) + ")");
        }
    }

    @Override
    public void mantissas(Panel x, Panel exponents, Panel pairs) {
        memory.panels.mantissas(address, same(pairs).address, same(x).address, kernelStride(),
                perLane(exponents, 0), kernelRows(), kernelWidth());
    }

    @Override
    public void scaleRound(Panel m, Panel factors, int shift, Panel remainder) {
        memory.panels.scaleRound(address, same(remainder).address, same(m).address, kernelStride(),
                perLane(factors, 0), shift, kernelRows(), kernelWidth());
    }

    // --- kernels per lane: one lane is seen as sixteen -----------------------------------------------------------

    private boolean single() {
        return stride == 1;
    }

    private int kernelRows() {
        return single() ? (int) (elements() + Memory.BLOCK - 1) / Memory.BLOCK : channels;
    }

    private int kernelStride() {
        return single() ? Memory.BLOCK : stride;
    }

    private int kernelWidth() {
        return single() ? Memory.BLOCK : stride;
    }

    /// The address of a lane array that goes with this panel.
    ///
    /// @param which of two places for the value of a single lane
    private long perLane(Panel laneArray, int which) {
        MemoryPanel p = laneArray(laneArray);
        if (!single()) {
            return p.address;
        }
        long place = memory.lanes + which * Memory.ALIGNMENT;
        for (int t = 0; t < Memory.BLOCK; t++) {
            Memory.setInt(place, t, p.get(0, 0));
        }
        return place;
    }

    private MemoryPanel laneArray(Panel p) {
        if (p.channels() != 1 || p.lanes() != lanes) {
            throw new IllegalArgumentException(
                    "a lane array of " + p.channels() + " x " + p.lanes() + " for " + lanes + " lanes");
        }
        return (MemoryPanel) p;
    }

    private interface Reduction {
        void run(long dst, MemoryPanel x);
    }

    /// Runs a kernel that reduces every lane; the sixteen results of a single lane are combined.
    private void reduce(Panel panel, Reduction kernel, java.util.function.IntBinaryOperator combine) {
        MemoryPanel x = (MemoryPanel) panel;
        x.laneArray(this);
        if (!x.single()) {
            kernel.run(address, x);
            return;
        }
        if (x.channels % Memory.BLOCK != 0) {
            throw new IllegalArgumentException(x.channels + " channels of one lane are not a multiple of 16");
        }
        kernel.run(memory.lanes, x);
        int result = Memory.getInt(memory.lanes, 0);
        for (int t = 1; t < Memory.BLOCK; t++) {
            result = combine.applyAsInt(result, Memory.getInt(memory.lanes, t));
        }
        set(0, 0, result);
    }

    @Override
    public void maxima(Panel panel) {
        reduce(panel, (dst, x) -> memory.panels.max(
                dst, x.address, x.kernelStride(), x.kernelRows(), x.kernelWidth()), Math::max);
    }

    @Override
    public void sums(Panel panel) {
        reduce(panel, (dst, x) -> memory.panels.sum(
                dst, x.address, x.kernelStride(), x.kernelRows(), x.kernelWidth()), Integer::sum);
    }

    @Override
    public void magnitudes(Panel panel) {
        reduce(panel, (dst, x) -> memory.panels.magnitude(
                dst, x.address, x.kernelStride(), x.kernelRows(), x.kernelWidth()), (a, b) -> a | b);
    }

    @Override
    public void neighbourProducts(Panel panel) {
        reduce(panel, (dst, x) -> memory.panels.neighbourProducts(
                dst, x.address, x.kernelStride(), x.kernelRows(), x.kernelWidth()), Integer::sum);
    }

    @Override
    public void firstOutside(Panel panel, int low, int high) {
        MemoryPanel p = (MemoryPanel) panel;
        reduce(panel, (dst, x) -> {
            memory.panels.firstOutside(dst, x.address, x.kernelStride(), low, high, x.kernelRows(), x.kernelWidth());
            if (x.single()) {
                for (int t = 0; t < Memory.BLOCK; t++) {
                    int row = Memory.getInt(dst, t);
                    Memory.setInt(dst, t, row == x.kernelRows() ? p.channels : row * Memory.BLOCK + t);
                }
            }
        }, Math::min);
    }

    @Override
    public void firstOutside(Panel panel, int low, int high, int diagonal) {
        MemoryPanel x = (MemoryPanel) panel;
        // Channels that count in every lane, but for a few, are left to kernels.
        int before = Math.clamp(diagonal, 0, x.channels) & -Memory.BLOCK;
        firstOutside(x.part(0, before), low, high);
        for (int t = 0; t < lanes; t++) {
            int c = get(0, t);
            int end = Math.min(x.channels, diagonal + t + 1);
            while (c >= before && c < end && x.get(c, t) >= low && x.get(c, t) < high) {
                c++;
            }
            set(0, t, c < end ? c : x.channels);
        }
    }

    // --- products ----------------------------------------------------------------------------------------------

    @Override
    public void addProduct(IntTensor weights, long first, long wStride, Panel panel) {
        MemoryPanel x = (MemoryPanel) panel;
        if (channels == 0 || x.channels == 0) {
            return;
        }
        HostTensor w = (HostTensor) weights;
        if (w.width() != 16) {
            throw new IllegalArgumentException("a factor of " + w.width() + " bits");
        }
        if (x.lanes != lanes || x.stride != stride) {
            throw new IllegalArgumentException("a product of " + x.lanes + " lanes for " + lanes);
        }
        Objects.checkFromIndexSize(first, (channels - 1) * wStride + x.channels, w.size());
        multiply(w.address() + 2 * first, wStride, x.address, x.stride, x.channels);
    }

    /// Adds the product of 16-bit `w`, a row for each channel, and 32-bit `x`, `depth` rows of as many lanes as this
    /// panel, padding included.
    void multiply(long w, long wStride, long x, long xStride, int depth) {
        if (single()) {
            memory.integers.matvec(address, w, wStride, x, channels, depth);
        } else {
            memory.integers.matmul(address, stride, w, wStride, x, xStride, channels, depth, stride);
        }
    }

    // --- falling tables ------------------------------------------------------------------------------------------

    @Override
    public void subtractFrom(Panel offsets) {
        memory.panels.subtractFrom(address, kernelStride(), perLane(offsets, 0), kernelRows(), kernelWidth());
    }

    @Override
    public void distances(Panel offsets, FallingTable f, Panel at, Panel before) {
        MemoryPanel o = laneArray(offsets);
        // Only real lanes: the padding of one lane may lie behind the panel.
        memory.panels.neighbours(same(before).address, same(at).address, address, stride, o.address, address(f),
                limit(f), channels, lanes);
    }

    @Override
    public void leastOffsets(Panel x, Panel least, FallingTable f, int most, int support) {
        OffsetSearch.run(this, (MemoryPanel) x, laneArray(least), memory.panel(1, lanes), f, most, support);
    }

    /// Sum of f(offset - s) over all values s of a lane in the high 32 bits, of f(offset - s - 1) in the low ones; both
    /// sums are below 2^32.
    long sums(int lane, int offset, FallingTable f) {
        Objects.checkIndex(lane, lanes);
        return memory.panels.neighbourSums(address + 4L * lane, stride, offset, address(f), limit(f), channels);
    }

    /// This lane array becomes, nearly, the sum of f(offset - s) over every lane of `x`. Only a hint: neither exact nor
    /// the same on every machine.
    void nearSums(MemoryPanel panel, MemoryPanel offsets, FallingTable f) {
        reduce(panel, (dst, x) -> memory.panels.exponentialSums(dst, x.address, x.kernelStride(),
                x.perLane(offsets, 1), (float) f.rate(), f.one(), x.kernelRows(), x.kernelWidth()), Integer::sum);
    }

    private static long address(FallingTable f) {
        return ((HostTensor) f.values()).address();
    }

    private static int limit(FallingTable f) {
        if (f.values().width() != 32) {
            throw new IllegalArgumentException("a table of " + f.values().width() + " bits");
        }
        return Math.toIntExact(f.values().size() - 2);
    }
}
