package dev.chagres.prove.run;

import dev.chagres.graph.DeferredReduction;
import dev.chagres.graph.Kept;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Proves in a fork after the join what the sections have left ([DeferredReduction]). Brings its data along.
///
/// @param state of the fork, 32 bytes
/// @param left by each section of the graph
record DeferredTask(byte[] state, List<Deferral> left) implements ProofTask<ForkProof> {
    /// Bits of a value: any integer that a column may hold.
    private static final int WIDTH = 32;

    @Override
    public ForkProof run(TaskContext site) {
        ProverChannel channel = new ProverChannel(Transcript.resume(state), site.options().interceptor());
        List<Claim> claims = new ArrayList<>();
        List<List<Kept>> kept = left.stream().map(Deferral::kept).toList();
        try (MemoryScope scope = site.host().scope()) {
            DeferredReduction.reduce(new ProverParty(channel, data(site, scope), site.options(), claims, site.stages()),
                    site.graph(), kept);
            return new ForkProof(channel.bytes(), channel.transcript().state(), List.copyOf(claims));
        } catch (Rejection e) {
            throw new IllegalStateException("the prover rejected its own statements after the join", e);
        }
    }

    private TensorData data(TaskContext site, MemoryScope scope) {
        Map<Column, IntTensor> tensors = new IdentityHashMap<>();
        for (int i = 0; i < left.size(); i++) {
            List<Column> columns = Deferral.columns(site.graph().sections().get(i));
            for (int c = 0; c < columns.size(); c++) {
                int[] values = left.get(i).values().get(c);
                HostTensor tensor = new HostTensor(scope.segment((long) values.length * (WIDTH / Byte.SIZE)), WIDTH);
                for (int x = 0; x < values.length; x++) {
                    tensor.set(x, values[x]);
                }
                tensors.put(columns.get(c), tensor);
            }
        }
        return TensorData.of(column -> there(tensors.get(column), column.name()), DeferredTask::none);
    }

    private static IntTensor there(IntTensor tensor, String name) {
        if (tensor == null) {
            throw new IllegalArgumentException("no section has handed over column " + name);
        }
        return tensor;
    }

    private static IntTensor none(VirtualTensor virtual) {
        return there(null, virtual.name());
    }

    @Override
    public Set<Integer> reads(TaskContext site) {
        return Set.of();
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        TaskCodec.write(out, state);
        out.writeInt(left.size());
        for (Deferral deferral : left) {
            TaskCodec.write(out, deferral);
        }
    }
}
