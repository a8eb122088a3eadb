package dev.chagres.prove.run;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
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

/// The tensors of a section as bytes, for tasks that run on another machine: each as it lies in memory, little-endian
/// integers of its own width, columns and virtual tensors in the order of operations. Columns that are derived follow
/// from what is sent; both sides have the same ones.
public final class SectionTensors {
    private static final int CHUNK = 1 << 16;

    private SectionTensors() {}

    /// Writes the tensors of a section.
    ///
    /// @param section number of the section; the number of sections stands for the multiplicities
    public static void write(DataOutput out, Graph graph, Witness witness, int section) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (Witness.Use _ = witness.use(section, false)) {
            for (HostTensor tensor : tensors(graph, witness, section)) {
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
            for (HostTensor tensor : tensors(graph, witness, section)) {
                MemorySegment data = tensor.data();
                for (long at = 0; at < data.byteSize(); at += CHUNK) {
                    int n = (int) Math.min(CHUNK, data.byteSize() - at);
                    in.readFully(chunk, 0, n);
                    MemorySegment.copy(chunk, 0, data, ValueLayout.JAVA_BYTE, at, n);
                }
            }
        }
    }

    private static List<HostTensor> tensors(Graph graph, Witness witness, int section) {
        List<HostTensor> tensors = new ArrayList<>();
        if (section == graph.sections().size()) {
            graph.tables().forEach(t -> tensors.add(HostTensor.of(witness.of(t.multiplicity()))));
            return tensors;
        }
        Set<VirtualTensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Operation operation : graph.sections().get(section).operations()) {
            for (Column column : operation.columns()) {
                if (witness.of(column) instanceof HostTensor stored) {
                    tensors.add(stored);
                }
            }
            for (Lookup segment : operation.segments()) {
                for (TupleComponent component : segment.components()) {
                    if (component instanceof TupleComponent.Proved proved && seen.add(proved.virtual())) {
                        tensors.add(witness.of(proved.virtual()));
                    }
                }
            }
        }
        return tensors;
    }
}
