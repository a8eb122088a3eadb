package dev.chagres.prove.key;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.model.KeyColumn;
import dev.chagres.model.ModelSpec;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.TensorSource;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.profile.PhaseEvents;
import dev.chagres.prove.profile.Progress;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Builds the keys of a model: checks every bound again, lays out and commits the weights.
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
    /// @throws IllegalArgumentException if a bound of the model does not hold
    public static VerifyingKey write(KeySource model, Path pk, Path vk, Host host, Progress listener) throws IOException {
        Progress progress = new PhaseEvents(listener);
        progress.phase("check", 0);
        model.check();
        ModelSpec spec = model.spec();
        List<KeyColumn> columns = spec.inference(1).key();
        List<Column> committed = columns.stream().map(KeyColumn::column).toList();
        long values = committed.stream().mapToLong(c -> c.shape().size()).sum();
        CommitmentParameters parameters = CommitmentParameters.forKey(rowBits(values));
        MatrixLayout layout = MatrixLayout.of(committed, parameters.k());
        // Its length is that of the key, which has another root.
        VerifyingKey sizes = new VerifyingKey(model.name(), model.tokenizer(), spec, parameters, new byte[32]);
        KeyFile.Regions regions = KeyFile.regions(sizes, columns);
        WholeFile.removeStale(pk);
        WholeFile.check(vk);
        try (WholeFile file = WholeFile.create(pk); Arena arena = Arena.ofShared()) {
            FileChannel channel = file.channel();
            progress.phase("lay out weights", columns.size());
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, regions.commitment(), arena);
            Map<Column, HostTensor> tensors = new IdentityHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                KeyColumn c = columns.get(i);
                HostTensor t = new HostTensor(mapped.asSlice(regions.tensors().get(i), c.bytes()), c.column().bits());
                model.fill(c, t);
                tensors.put(c.column(), t);
                progress.step();
            }
            progress.phase("commit weights", MatrixCommitment.steps(layout));
            try (MatrixCommitment commitment =
                    MatrixCommitment.commit(parameters, layout, new TensorSource(tensors::get), host, progress::step)) {
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
