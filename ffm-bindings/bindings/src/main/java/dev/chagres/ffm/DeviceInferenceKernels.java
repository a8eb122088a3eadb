package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.ffm.generated.cuda.chg_product;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What the integer program does with panels of a device: tensors in and out, masks, tables, softmax offsets. `lanes` of
/// a row take part, any number; rows of panels start at multiples of [Device#ALIGNMENT]. Calls return at once.
///
/// `failed` are eight bytes that become 1 if a value does not fit, or a table lacks an entry; they stay as they are if
/// not.
public final class DeviceInferenceKernels {
    private static final int MOST_BITS = 30;

    private final Operands operands;
    /// Of the call under way.
    private final MemorySegment product = chg_product.allocate(Arena.ofAuto());

    DeviceInferenceKernels(Operands operands) {
        this.operands = operands;
    }

    /// Elements from the first one to the last one of rows x lanes.
    private static long spread(int rows, int lanes, long rowStride, long laneStride) {
        return rows == 0 || lanes == 0 ? 0 : Math.addExact(1, Math.addExact(
                Math.multiplyExact(rows - 1, rowStride), Math.multiplyExact(lanes - 1, laneStride)));
    }

    /// Groups of lanes of a panel and of a tensor.
    ///
    /// @param count of groups
    /// @param panel elements from the lanes of a group to those of the next one in the rows of the panel
    /// @param tensor the same in the tensor
    public record LaneGroups(int count, long panel, long tensor) {
        /// One group.
        public static final LaneGroups ONE = new LaneGroups(1, 0, 0);

        /// @throws IllegalArgumentException for negative numbers
        public LaneGroups {
            if (count < 0 || panel < 0 || tensor < 0) {
                throw new IllegalArgumentException(count + " groups, " + panel + " and " + tensor + " elements apart");
            }
        }

        /// Elements of a row of the panel.
        private long width(int lanes) {
            return spread(count, lanes, panel, 1);
        }

        /// Elements of the tensor.
        private long elements(int rows, int lanes, long rowStride, long laneStride) {
            long each = spread(rows, lanes, rowStride, laneStride);
            return count == 0 || each == 0 ? 0 : Math.addExact(each, Math.multiplyExact(count - 1, tensor));
        }
    }

    /// `dst[r][g * groups.panel + t] = src[g * groups.tensor + r * rowStride + t * laneStride]`
    public void load(DeviceBuffer dst, long dstStride, DeviceInts src, long rowStride, long laneStride, int rows,
            int lanes, LaneGroups groups) {
        operands.launched(ChagresCuda.chg_panel_load(operands.stream(),
                operands.panel(dst, rows, dstStride, groups.width(lanes)), dstStride, groups.panel(),
                operands.ints(src, groups.elements(rows, lanes, rowStride, laneStride)), src.bits(), rowStride,
                laneStride, groups.tensor(), rows, lanes, groups.count()));
    }

    /// `dst[g * groups.tensor + r * rowStride + t * laneStride] = src[r][g * groups.panel + t]`; what does not fit is cut
    /// off.
    public void store(DeviceInts dst, long rowStride, long laneStride, DeviceBuffer src, long srcStride, int rows,
            int lanes, LaneGroups groups, DeviceBuffer failed) {
        operands.launched(ChagresCuda.chg_panel_store(operands.stream(),
                operands.ints(dst, groups.elements(rows, lanes, rowStride, laneStride)), dst.bits(), rowStride,
                laneStride, groups.tensor(), operands.panel(src, rows, srcStride, groups.width(lanes)), srcStride,
                groups.panel(), rows, lanes, groups.count(), operands.bytes(failed, Long.BYTES)));
    }

    /// Weights of 16 bits: weight (j, k) is number
    /// `(j >> outBits) * outTile + (k >> inBits) * inTile + (j mod 2^outBits << inBits) + k mod 2^inBits`.
    ///
    /// @param ints from weight (0, 0) on
    /// @param outBits of the output channels of a tile, up to 30
    /// @param inBits of its input channels, up to 30
    /// @param outTile weights from a tile to that of the next output channels
    /// @param inTile weights from a tile to that of the next input channels
    public record Weights(DeviceInts ints, int outBits, int inBits, long outTile, long inTile) {
        /// @throws IllegalArgumentException for other widths, and numbers that are negative or too large
        public Weights {
            if (ints.bits() != Short.SIZE) {
                throw new IllegalArgumentException("weights of " + ints.bits() + " bits");
            }
            if (outBits < 0 || outBits > MOST_BITS || inBits < 0 || inBits > MOST_BITS || outTile < 0 || inTile < 0) {
                throw new IllegalArgumentException("tiles of 2^" + outBits + " x 2^" + inBits + " weights, " + outTile
                        + " and " + inTile + " apart");
            }
        }

        /// How many there are up to the last one of a matrix.
        private long end(int rows, int depth) {
            return rows == 0 || depth == 0 ? 0 : Math.addExact(last(rows, outBits, outTile, inBits),
                    Math.addExact(last(depth, inBits, inTile, 0), 1));
        }

        private static long last(int n, int bits, long tile, int shift) {
            long mask = (1L << bits) - 1;
            long whole = n - 1 >> bits;
            long last = Math.addExact(Math.multiplyExact(whole, tile), (n - 1 & mask) << shift);
            return whole == 0 ? last : Math.max(last, (whole - 1) * tile + (mask << shift));
        }
    }

    /// Groups of lanes beside each other, which are multiplied in the same way.
    ///
    /// @param count of groups
    /// @param share neighbouring groups with the same weights
    /// @param acc elements from the lanes of a group to those of the next one
    /// @param w weights from those of a group to those of the next one that has others
    /// @param x integers from the lanes of a group to those of the next one
    public record Groups(int count, int share, long acc, long w, long x) {
        /// One group.
        public static final Groups ONE = new Groups(1, 1, 0, 0, 0);

        /// @throws IllegalArgumentException for negative numbers, and groups that share nothing
        public Groups {
            if (count < 0 || share < 1 || acc < 0 || w < 0 || x < 0) {
                throw new IllegalArgumentException(count + " groups of which " + share + " share weights");
            }
        }

        private long end(long each, long group) {
            return count == 0 || each == 0 ? 0 : Math.addExact(each, Math.multiplyExact(count - 1, group));
        }

        private long weights(long each) {
            return count == 0 || each == 0 ? 0 : Math.addExact(each, Math.multiplyExact((count - 1) / share, w));
        }
    }

    /// `acc[j * accStride + t] += sum_k w(j, k) x[k * xStride + t]` modulo 2^32 for j < rows, k < depth, t < lanes, in
    /// each group of lanes.
    public void product(DeviceBuffer acc, long accStride, Weights w, DeviceInts x, long xStride, int rows, int depth,
            int lanes, Groups groups) {
        chg_product.acc(product, operands.ints(new DeviceInts(acc, Integer.SIZE), depth == 0 ? 0
                : groups.end(spread(rows, lanes, accStride, 1), groups.acc())));
        chg_product.w(product, operands.ints(w.ints(), groups.weights(lanes == 0 ? 0 : w.end(rows, depth))));
        chg_product.x(product, operands.ints(x, rows == 0 ? 0
                : groups.end(spread(depth, lanes, xStride, 1), groups.x())));
        chg_product.acc_stride(product, accStride);
        chg_product.x_stride(product, xStride);
        chg_product.out_tile(product, w.outTile());
        chg_product.in_tile(product, w.inTile());
        chg_product.rows(product, rows);
        chg_product.depth(product, depth);
        chg_product.lanes(product, lanes);
        chg_product.groups(product, groups.count());
        chg_product.acc_group(product, groups.acc());
        chg_product.w_group(product, groups.w());
        chg_product.x_group(product, groups.x());
        chg_product.share(product, groups.share());
        chg_product.out_bits(product, w.outBits());
        chg_product.in_bits(product, w.inBits());
        chg_product.bits(product, x.bits());
        operands.launched(ChagresCuda.chg_panel_product(operands.stream(), product));
    }

    /// `dst[i] = x[i] y[i]` modulo 2^32
    public void multiply(DeviceBuffer dst, DeviceBuffer x, DeviceBuffer y, long n) {
        operands.launched(ChagresCuda.chg_panel_multiply(operands.stream(), operands.base(dst, n), operands.base(x, n),
                operands.base(y, n), n));
    }

    /// `x = x cos - y sin, y = y cos + x sin` modulo 2^32
    public void rotate(DeviceBuffer x, DeviceBuffer y, DeviceBuffer cos, DeviceBuffer sin, long n) {
        operands.launched(ChagresCuda.chg_panel_rotate(operands.stream(), operands.base(x, n), operands.base(y, n),
                operands.base(cos, n), operands.base(sin, n), n));
    }

    /// `dst[r][t] = table[x[r][t] - base]`, 0 for what is not in the table; `dst` may be `x`.
    ///
    /// @param table of 32 bits
    public void table(DeviceBuffer dst, DeviceBuffer x, long stride, DeviceInts table, long base, long size, int rows,
            int lanes, DeviceBuffer failed) {
        operands.launched(ChagresCuda.chg_panel_table(operands.stream(), operands.panel(dst, rows, stride, lanes),
                operands.panel(x, rows, stride, lanes), stride, operands.intRows(table, Integer.SIZE, 1, 0, size), base,
                size, rows, lanes, operands.bytes(failed, Long.BYTES)));
    }

    /// `x[r][g * lanes + t] = value` for r > diagonal + t
    public void mask(DeviceBuffer x, long stride, int diagonal, int value, int rows, int lanes, int groups) {
        operands.launched(ChagresCuda.chg_panel_mask(operands.stream(),
                operands.panel(x, rows, stride, Math.multiplyExact(lanes, groups)), stride, diagonal, value, rows, lanes,
                groups));
    }

    /// `dst[r][g * lanes + t] = x[r][g * lanes + t]` for r > diagonal + t
    public void copyAbove(DeviceBuffer dst, DeviceBuffer x, long stride, int diagonal, int rows, int lanes,
            int groups) {
        int width = Math.multiplyExact(lanes, groups);
        operands.launched(ChagresCuda.chg_panel_copy_above(operands.stream(), operands.panel(dst, rows, stride, width),
                operands.panel(x, rows, stride, width), stride, diagonal, rows, lanes, groups));
    }

    /// `dst[g * lanes + t]` = the least r up to diagonal + t with `x[r][g * lanes + t]` outside [low, high); `rows` when
    /// there is none.
    public void firstOutsideBelow(DeviceBuffer dst, DeviceBuffer x, long stride, int low, int high, int diagonal,
            int rows, int lanes, int groups) {
        int width = Math.multiplyExact(lanes, groups);
        operands.launched(ChagresCuda.chg_panel_first_outside_below(operands.stream(), operands.base(dst, width),
                operands.panel(x, rows, stride, width), stride, low, high, diagonal, rows, lanes, groups));
    }

    /// `dst[t]` = the least L from `least[t]` to `least[t] + support` for which `sum_r f(L - x[r][t])` is at most `most`;
    /// the end of the range where no sum inside is.
    ///
    /// @param table f(-1), f(0), ..: `limit + 2` entries of 32 bits of a falling function, the last one for all that
    ///     follow
    public void offsets(DeviceBuffer dst, DeviceBuffer x, long stride, DeviceBuffer least, DeviceInts table, int limit,
            long most, int support, int rows, int lanes) {
        operands.launched(ChagresCuda.chg_panel_offsets(operands.stream(), operands.base(dst, lanes),
                operands.panel(x, rows, stride, lanes), stride, operands.base(least, lanes),
                operands.intRows(table, Integer.SIZE, 1, 0, limit + 2L), limit, most, support, rows, lanes));
    }
}
