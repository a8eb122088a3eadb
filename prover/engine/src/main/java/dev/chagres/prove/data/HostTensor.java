package dev.chagres.prove.data;

import dev.chagres.prove.store.Epoch;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/// A light handle onto signed integers in memory of the host or in a mapped file: little-endian, unaligned access
/// allowed. The creator of the segment owns its lifetime.
///
/// Values that a lender of the epoch has ([Epoch#lend]) come to the memory when they are asked for here.
public final class HostTensor implements IntTensor {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment data;
    private final int width;
    private final long size;
    private final Epoch epoch;
    private final long place;

    /// @param data holds exactly the values
    /// @param width bits per value: 8, 16 or 32
    public HostTensor(MemorySegment data, int width) {
        this(data, width, null, 0);
    }

    /// A tensor whose values stay as they are for a time.
    ///
    /// @param data holds exactly the values
    /// @param width bits per value: 8, 16 or 32
    /// @param epoch the time; null if nobody says when values change
    /// @param place where the values begin, in bytes, in what the epoch is about: two tensors of an epoch with the same
    ///     place, size and width have the same values, wherever they are in memory
    public HostTensor(MemorySegment data, int width, Epoch epoch, long place) {
        if (width != 8 && width != 16 && width != 32) {
            throw new IllegalArgumentException("element width " + width);
        }
        this.data = data;
        this.width = width;
        this.size = data.byteSize() / (width / 8);
        this.epoch = epoch;
        this.place = place;
    }

    /// A tensor that is known to be in memory of the host.
    ///
    /// @throws IllegalArgumentException if it is not
    public static HostTensor of(IntTensor tensor) {
        if (tensor instanceof HostTensor here) {
            return here;
        }
        throw new IllegalArgumentException("a tensor of " + tensor.getClass().getName()
                + " is not in memory of the host; hand it to the stages that made it");
    }

    /// Memory that has the values.
    public MemorySegment data() {
        bring();
        return data;
    }

    /// The memory that they belong to, whether it has them or not.
    public MemorySegment room() {
        return data;
    }

    /// Whether the memory has all of them.
    public boolean here() {
        return epoch == null || epoch.here(place, data.byteSize());
    }

    private void bring() {
        if (epoch != null) {
            epoch.bring(place, data.byteSize());
        }
    }

    /// How long the values stay as they are, if somebody says so.
    public Optional<Epoch> epoch() {
        return Optional.ofNullable(epoch);
    }

    /// Where the values begin in what the epoch is about.
    public long place() {
        return place;
    }

    /// Address of element 0, where the values are.
    public long address() {
        bring();
        return data.address();
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int get(long i) {
        bring();
        return switch (width) {
            case 32 -> data.get(INT, 4 * i);
            case 16 -> data.get(SHORT, 2 * i);
            default -> data.get(ValueLayout.JAVA_BYTE, i);
        };
    }

    @Override
    public int get32(long i) {
        bring();
        return data.get(INT, 4 * i);
    }

    @Override
    public int get16(long i) {
        bring();
        return data.get(SHORT, 2 * i);
    }

    @Override
    public void set(long i, int v) {
        bring();
        if (width == 32) {
            data.set(INT, 4 * i, v);
        } else if (width == 16 && v == (short) v) {
            data.set(SHORT, 2 * i, (short) v);
        } else if (width == 8 && v == (byte) v) {
            data.set(ValueLayout.JAVA_BYTE, i, (byte) v);
        } else {
            throw new IllegalArgumentException("value " + v + " does not fit " + width + " bits");
        }
    }
}
