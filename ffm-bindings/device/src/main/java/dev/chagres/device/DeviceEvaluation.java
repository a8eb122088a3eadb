package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.lang.foreign.Arena;

/// Evaluates a tensor on a device where a [dev.chagres.tensor.Claim] says: a column that is bound in all of its axes.
final class DeviceEvaluation {
    private DeviceEvaluation() {}

    /// `sum_t weights[t] * <tile t, eq(low)>`.
    ///
    /// @throws IllegalArgumentException if point or data do not fit the shape
    static QM31 evaluate(IntTensor data, Shape shape, TilePoint at, DeviceSite site) {
        if (data.size() != shape.size() || at.low().length != shape.lowBits()
                || at.weights().length != shape.tileCount()) {
            throw new IllegalArgumentException("point or data do not fit the shape");
        }
        Upload upload = new Upload();
        ColumnBinding binding = ColumnBinding.of(shape, at, upload);
        try (DeviceWork work = site.work(); Resident values = site.tensors().hold(data, work)) {
            DeviceBuffer sent = upload.send(work);
            try {
                return value(binding, work, sent, values);
            } finally {
                work.release(sent);
            }
        }
    }

    /// Most bytes of an evaluation.
    static long bytes(IntTensor data, Shape shape, TilePoint at) {
        Upload upload = new Upload();
        ColumnBinding binding = ColumnBinding.of(shape, at, upload);
        HeldBytes held = new HeldBytes();
        held.add(data);
        return held.bytes() + Device.regionBytes(upload.bytes()) + binding.scratchBytes()
                + Device.regionBytes(Memory.extBytes(1));
    }

    private static QM31 value(ColumnBinding binding, DeviceWork work, DeviceBuffer sent, Resident values) {
        DeviceBuffer result = work.allocate(Memory.extBytes(1));
        try (Arena arena = Arena.ofConfined()) {
            binding.bind(work, sent, values.ints(), values.size(), result);
            long seen = Memory.allocateExt(arena, 1);
            work.stream().out(Memory.ALL.asSlice(seen, Memory.extBytes(1)), result);
            return Memory.getExt(seen, 0);
        } finally {
            work.release(result);
        }
    }
}
