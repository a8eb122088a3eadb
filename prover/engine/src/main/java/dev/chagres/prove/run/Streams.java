package dev.chagres.prove.run;

import dev.chagres.graph.Graph;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The columns that sections read of others, which for a decoder are its residual stream before each of them: with the
/// key and the sequence, every section follows from those alone. As bytes each column is as it lies in memory,
/// little-endian integers of its own width, in the order of sections.
public final class Streams {
    private static final int CHUNK = 1 << 16;

    private Streams() {}

    private interface Move {
        void run(MemorySegment tensor, long at, byte[] chunk, int n) throws IOException;
    }

    /// Bytes of all streams of a graph.
    public static long bytes(Graph graph) {
        long bytes = 0;
        for (int i = 0; i < graph.sections().size(); i++) {
            bytes += graph.outputs(i).stream().mapToLong(c -> c.shape().size() * (c.bits() / Byte.SIZE)).sum();
        }
        return bytes;
    }

    /// Writes the streams of an evaluated witness, whose values are as wide as their columns say.
    public static void write(DataOutput out, Graph graph, Witness witness) throws IOException {
        move(graph, witness, false, (tensor, at, chunk, n) -> {
            MemorySegment.copy(tensor, ValueLayout.JAVA_BYTE, at, chunk, 0, n);
            out.write(chunk, 0, n);
        });
    }

    /// Reads what [#write] has written into the witness of a graph of the same sequence.
    static void read(DataInput in, Graph graph, Witness witness) throws IOException {
        move(graph, witness, true, (tensor, at, chunk, n) -> {
            in.readFully(chunk, 0, n);
            MemorySegment.copy(chunk, 0, tensor, ValueLayout.JAVA_BYTE, at, n);
        });
    }

    private static void move(Graph graph, Witness witness, boolean write, Move move) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int section = 0; section < graph.sections().size(); section++) {
            try (Witness.Use _ = witness.useOutputs(section, write)) {
                for (Column column : graph.outputs(section)) {
                    MemorySegment data = HostTensor.of(witness.of(column)).data();
                    for (long at = 0; at < data.byteSize(); at += CHUNK) {
                        move.run(data, at, chunk, (int) Math.min(CHUNK, data.byteSize() - at));
                    }
                }
            }
        }
    }
}
