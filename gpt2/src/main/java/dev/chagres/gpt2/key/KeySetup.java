package dev.chagres.gpt2.key;

import dev.chagres.gpt2.verify.VerifyingKey;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.gpt2.graph.Gpt2Spec;
import dev.chagres.gpt2.graph.KeyTensors;
import dev.chagres.gpt2.io.WholeFile;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.graph.Graph;
import dev.chagres.prove.Progress;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.TensorSource;
import dev.chagres.prove.profile.PhaseEvents;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Builds the keys of a model: checks every interval again, lays out and commits the weights.
public final class KeySetup {
    private static final int MIN_ROW_BITS = 10;
    private static final int MAX_ROW_BITS = 19;

    private KeySetup() {}

    /// Row length for a key of `values` committed values: rows grow with the square root, up to 2^19.
    public static int rowBits(long values) {
        return Math.clamp((Axis.ceilLog2(values) + 1) / 2 + 5, MIN_ROW_BITS, MAX_ROW_BITS);
    }

    /// Writes `pk` and `vk`; either appears whole or not at all.
    ///
    /// @return the verifying key
    /// @throws dev.chagres.gpt2.model.IntervalCheckException if a bound of the model does not hold
    public static VerifyingKey write(IntegerModel model, Path pk, Path vk, int threads, Progress listener)
            throws IOException {
        Progress progress = new PhaseEvents(listener);
        progress.phase("check", 0);
        IntervalCheck.check(model);
        Gpt2Spec spec = Gpt2Spec.of(model);
        Gpt2Graph compiled = Gpt2Graph.inference(spec, 1);
        Graph graph = compiled.graph();
        long values = graph.keyColumns().stream().mapToLong(c -> c.shape().size()).sum();
        CommitmentParameters parameters = CommitmentParameters.forKey(rowBits(values));
        MatrixLayout layout = MatrixLayout.of(graph.keyColumns(), parameters.k());
        VerifyingKey draft = new VerifyingKey(model.name(), model.tokenizer(), spec, parameters, new byte[32]);
        KeyFile.Regions regions = KeyFile.regions(draft, graph);
        WholeFile.removeStale(pk);
        WholeFile.check(vk);
        try (WholeFile file = WholeFile.create(pk); Arena arena = Arena.ofShared()) {
            FileChannel channel = file.channel();
            progress.phase("lay out weights", graph.keyColumns().size());
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, regions.commitment(), arena);
            KeyTensors source = new KeyTensors(model);
            Map<Column, IntTensor> tensors = new HashMap<>();
            for (Column c : graph.keyColumns()) {
                int width = KeyTensors.width(c);
                long bytes = c.shape().size() * (width / 8);
                IntTensor t = new IntTensor(mapped.asSlice(regions.tensors().get(c.name()), bytes), width);
                source.fill(c, t, compiled.firstIndex(c));
                tensors.put(c, t);
                progress.step();
            }
            progress.phase("commit weights", MatrixCommitment.steps(layout));
            try (MatrixCommitment commitment =
                    MatrixCommitment.commit(parameters, layout, new TensorSource(tensors::get), threads, progress::step)) {
                progress.phase("write key", 0);
                commitment.writeTo(channel, regions.commitment());
                VerifyingKey key =
                        new VerifyingKey(model.name(), model.tokenizer(), spec, parameters, commitment.root());
                KeyFile.writeHeader(channel, key);
                mapped.force();
                file.commit();
                WholeFile.write(vk, key.encode());
                progress.end();
                return key;
            }
        }
    }
}
