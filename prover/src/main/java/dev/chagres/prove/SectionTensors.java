package dev.chagres.prove;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.lookup.Component;
import dev.chagres.lookup.Segment;
import dev.chagres.lookup.Virtual;
import dev.chagres.tensor.IntTensor;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// The tensors of a section as bytes, for tasks that run on another machine: each as it lies in memory, little-endian integers of its own
/// width, columns and virtual tensors in the order of operations.
public final class SectionTensors {
    private static final int CHUNK = 1 << 16;

    private SectionTensors() {}

    /// Writes the tensors of a section.
    ///
    /// @param section number of the section; the number of sections stands for the multiplicities
    public static void write(DataOutput out, Graph graph, Witness witness, int section) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (Witness.Use _ = witness.use(section, false)) {
            for (IntTensor tensor : tensors(graph, witness, section)) {
                MemorySegment data = tensor.data();
                for (long at = 0; at < data.byteSize(); at += CHUNK) {
                    int n = (int) Math.min(CHUNK, data.byteSize() - at);
                    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, n);
                    out.write(chunk, 0, n);
                }
            }
        }
    }

    /// Reads what [#write] has written into the witness of a graph of the same sequence.
    public static void read(DataInput in, Graph graph, Witness witness, int section) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (Witness.Use _ = witness.use(section, true)) {
            for (IntTensor tensor : tensors(graph, witness, section)) {
                MemorySegment data = tensor.data();
                for (long at = 0; at < data.byteSize(); at += CHUNK) {
                    int n = (int) Math.min(CHUNK, data.byteSize() - at);
                    in.readFully(chunk, 0, n);
                    MemorySegment.copy(chunk, 0, data, ValueLayout.JAVA_BYTE, at, n);
                }
            }
        }
    }

    private static List<IntTensor> tensors(Graph graph, Witness witness, int section) {
        List<IntTensor> tensors = new ArrayList<>();
        if (section == graph.sections().size()) {
            graph.tables().forEach(t -> tensors.add(witness.of(t.multiplicity())));
            return tensors;
        }
        Set<Virtual> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Operation operation : graph.sections().get(section).operations()) {
            operation.columns().forEach(c -> tensors.add(witness.of(c)));
            for (Segment segment : operation.segments()) {
                for (Component component : segment.components()) {
                    if (component instanceof Component.Proved proved && seen.add(proved.virtual())) {
                        tensors.add(witness.of(proved.virtual()));
                    }
                }
            }
        }
        return tensors;
    }
}
