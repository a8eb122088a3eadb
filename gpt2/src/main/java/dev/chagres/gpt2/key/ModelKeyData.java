package dev.chagres.gpt2.key;

import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.gpt2.graph.Gpt2Spec;
import dev.chagres.gpt2.graph.KeyTensors;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/// Key columns laid out in memory from an integer model, for inference without a key.
public final class ModelKeyData implements KeyData {
    private final Arena arena = Arena.ofShared();
    private final Map<String, IntTensor> tensors = new HashMap<>();

    public ModelKeyData(IntegerModel model) {
        KeyTensors source = new KeyTensors(model);
        Gpt2Graph graph = Gpt2Graph.inference(Gpt2Spec.of(model), 1);
        for (Column c : graph.graph().keyColumns()) {
            int width = KeyTensors.width(c);
            MemorySegment memory = arena.allocate(c.shape().size() * (width / 8), 64);
            IntTensor tensor = new IntTensor(memory, width);
            source.fill(c, tensor, graph.firstIndex(c));
            tensors.put(c.name(), tensor);
        }
    }

    @Override
    public IntTensor of(Column column) {
        IntTensor t = tensors.get(column.name());
        if (t == null) {
            throw new IllegalArgumentException("the model has no column " + column);
        }
        return t;
    }

    @Override
    public void close() {
        arena.close();
    }
}
