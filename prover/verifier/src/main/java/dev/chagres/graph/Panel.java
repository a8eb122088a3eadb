package dev.chagres.graph;

import dev.chagres.tensor.IntTensor;

/// Working memory of one task of an [Evaluation] and the bulk arithmetic on it: 32-bit integers `[channel][lane]`,
/// where a lane usually is a row of the sequence.
///
/// Every method but the readers changes this panel or a panel it names as a result. Operands have the same channels and
/// lanes unless said otherwise; a *lane array* is a panel of one channel. Results must fit 32 bits unless they are said
/// to wrap.
///
/// A panel may have several groups of as many lanes beside each other ([Evaluation#groupsOfTask]), of heads for
/// example. Every method does the same in each of them, and lanes are counted in their group.
public interface Panel {
    int channels();

    int lanes();

    /// Groups of lanes.
    default int groups() {
        return 1;
    }

    /// Of the first group.
    default int get(int channel, int lane) {
        return get(channel, 0, lane);
    }

    int get(int channel, int group, int lane);

    /// In the first group.
    void set(int channel, int lane, int value);

    /// Channels [first, first + count), the same memory.
    Panel part(int first, int count);

    /// Sets every element.
    void fill(int value);

    /// Sets every element (c, t) with c > diagonal + t.
    void mask(int diagonal, int value);

    /// Element (c, t) with c > diagonal + t becomes that of `x`.
    void copyAbove(int diagonal, Panel x);

    // --- to and from tensors, of any width ----------------------------------------------------------------

    /// Element (c, t) from `from[first + c * stride + t]`, the same in all groups.
    default void load(IntTensor from, long first, long stride) {
        load(from, first, stride, 0);
    }

    /// Element (c, t) of group g from `from[first + g * group + c * stride + t]`.
    void load(IntTensor from, long first, long stride, long group);

    /// Element (c, t) of the only group to `to[first + c * stride + t]`; see [#store(IntTensor, long, long, long)].
    default void store(IntTensor to, long first, long stride) {
        store(to, first, stride, 0);
    }

    /// Element (c, t) of group g to `to[first + g * group + c * stride + t]`. Where the tensor is one of
    /// [Operation#derived()], the virtual tensor that it follows from is stored before, and nothing may be left to do.
    ///
    /// @throws IllegalArgumentException if a value does not fit the width of the tensor
    void store(IntTensor to, long first, long stride, long group);

    /// Element (c, t) of group g to `to[first + g * group + t * stride + c]`; otherwise as [#store].
    void storeTransposed(IntTensor to, long first, long stride, long group);

    // --- element by element ---------------------------------------------------------------------------------

    /// Adds `x`, wrapping.
    void add(Panel x);

    /// Multiplies by `x`, wrapping.
    void multiply(Panel x);

    /// Rotates the pairs of this panel's x and another panel's y: x becomes `x cos - y sin`, y becomes
    /// `y cos + x sin`, both wrapping.
    ///
    /// @param y changed as well
    void rotate(Panel y, Panel cos, Panel sin);

    /// Replaces every x by rsh(x, shift), and `remainder` by x + 2^(shift-1) - rsh(x, shift) 2^shift (0 for shift 0).
    void shiftRound(int shift, Panel remainder);

    /// Becomes `table[x - base]`.
    ///
    /// @param table 32 bits wide
    /// @throws IndexOutOfBoundsException if an index is outside the table
    void lookup(Panel x, IntTensor table, long base);

    /// Becomes `x >> e`, and `pairs` becomes `2^e + (x mod 2^e)`, e being the lane's value in the lane array
    /// `exponents`, 0..30.
    void mantissas(Panel x, Panel exponents, Panel pairs);

    /// Becomes rsh((2 m + 1) f, shift), and `remainder` what that leaves, f being the lane's value in the lane array
    /// `factors`.
    ///
    /// @param shift 1..30
    void scaleRound(Panel m, Panel factors, int shift, Panel remainder);

    // --- per lane -------------------------------------------------------------------------------------------

    /// This lane array becomes the largest value of every lane of `x`.
    void maxima(Panel x);

    /// This lane array becomes the sum of every lane of `x`, wrapping.
    void sums(Panel x);

    /// This lane array becomes, for every lane of `x`, the bitwise or of its values, negative ones complemented.
    void magnitudes(Panel x);

    /// This lane array becomes the sum of x (x + 1) over every lane.
    void neighbourProducts(Panel x);

    /// This lane array becomes, for every lane, the first channel of `x` outside [low, high), or their number.
    void firstOutside(Panel x, int low, int high);

    /// The same of channels up to diagonal + t; the number of channels of `x` where none of them is outside.
    void firstOutside(Panel x, int low, int high, int diagonal);

    /// Told of a value that is outside; ends the evaluation by an exception.
    interface Outside {
        /// @param group of the lane
        /// @param lane where it is
        /// @param channel the first one of the lane
        void at(int group, int lane, int channel);
    }

    /// Tells of each lane in which `firstOutside` has found a channel, lane after lane. This lane array is used up.
    ///
    /// Where values are elsewhere, nobody waits for them: the evaluation fails later, and who does it again is told.
    ///
    /// @param count channels that it looked at
    default void tellOutside(int count, Outside outside) {
        for (int g = 0; g < groups(); g++) {
            for (int t = 0; t < lanes(); t++) {
                int channel = get(0, g, t);
                if (channel < count) {
                    outside.at(g, t, channel);
                }
            }
        }
    }

    // --- products -------------------------------------------------------------------------------------------

    /// Element (j, t) grows by `sum_k w[first + j * stride + k] x(k, t)`, k over the channels of `x`. Products and all
    /// partial sums fit 32 bits.
    ///
    /// @param w 16 bits wide
    void addProduct(IntTensor w, long first, long stride, Panel x);

    /// The same with weights of a group's own, cut into tiles of input channels.
    ///
    /// @param w 16 bits wide
    default void addProduct(IntTensor w, WeightTiles tiles, Panel x) {
        int size = 1 << tiles.bits();
        for (int k = 0; k < x.channels(); k += size) {
            addProduct(w, tiles.first() + (k >> tiles.bits()) * tiles.tile(), size,
                    x.part(k, Math.min(size, x.channels() - k)));
        }
    }

    /// Where weights of groups lie: w(g, j, k) is number `first + (g / share) * group + (k >> bits) * tile + (j <<
    /// bits) + k mod 2^bits`.
    ///
    /// @param bits of the input channels of a tile
    /// @param tile weights from a tile to the next one
    /// @param group weights from those of a group to those of the next one that has others
    /// @param share neighbouring groups with the same weights
    record WeightTiles(long first, int bits, long tile, long group, int share) {}

    // --- tables of a falling function -----------------------------------------------------------------------

    /// Replaces every s by `d = offset - s`, `offset` being the lane's value in a lane array, wrapping.
    void subtractFrom(Panel offsets);

    /// As [#subtractFrom]; `at` becomes f(d) and `before` f(d - 1).
    void distances(Panel offsets, FallingTable f, Panel at, Panel before);

    /// This lane array becomes, for every lane of `x`, the least L from l to l + support for which the sum of f(L - s)
    /// over its values s is at most `most`, l being the lane's value in the lane array `least` and at least every s. At
    /// the end of that range the sum is; sums are below 2^32.
    void leastOffsets(Panel x, Panel least, FallingTable f, int most, int support);
}
