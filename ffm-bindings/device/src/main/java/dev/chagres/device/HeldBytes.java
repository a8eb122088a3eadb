package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.stage.SizedTensor;
import dev.chagres.tensor.IntTensor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/// Bytes of tensors that are held at the same time, each counted once: what [DeviceTensors] takes for them.
final class HeldBytes {
    private final Set<IntTensor> tensors = Collections.newSetFromMap(new IdentityHashMap<>());
    private long bytes;

    /// A tensor whose values are on the device; of one that is looked up, for a while also what it follows from.
    void add(IntTensor tensor) {
        if (tensors.add(tensor)) {
            if (derived(tensor)) {
                addSources(tensor);
                bytes += Device.regionBytes(Memory.baseBytes(tensor.size()));
            } else {
                bytes += Device.regionBytes(tensor.size() * (tensor.width() / Byte.SIZE));
            }
        }
    }

    /// What a tensor follows from, or the tensor if it is stored.
    void addSources(IntTensor tensor) {
        switch (tensor) {
            case SizedTensor s when s.index() != null -> {
                add(s.index());
                add(s.table());
            }
            case DerivedTensor d -> {
                add(d.index());
                add(d.table());
            }
            default -> add(tensor);
        }
    }

    private static boolean derived(IntTensor tensor) {
        return tensor instanceof DerivedTensor || tensor instanceof SizedTensor s && s.index() != null;
    }

    long bytes() {
        return bytes;
    }
}
