package dev.chagres.prove.key;

import dev.chagres.kernel.Memory;
import dev.chagres.model.KeyColumn;
import dev.chagres.prove.data.HostTensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// Key columns laid out in memory, for inference without a key.
public final class FilledKeyData implements KeyData {
    private final Arena arena = Arena.ofShared();
    private final List<HostTensor> tensors = new ArrayList<>();

    public FilledKeyData(KeySource source) {
        for (KeyColumn c : source.spec().inference(1).key()) {
            HostTensor tensor = new HostTensor(arena.allocate(c.bytes(), Memory.ALIGNMENT), c.column().bits());
            source.fill(c, tensor);
            tensors.add(tensor);
        }
    }

    @Override
    public HostTensor tensor(int index) {
        return tensors.get(index);
    }

    @Override
    public void close() {
        arena.close();
    }
}
