package dev.chagres.prove.key;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MerkleProof;
import dev.chagres.model.Circuit;
import dev.chagres.model.KeyColumn;
import dev.chagres.model.ModelSpec;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.TensorSource;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.file.ContentDigest;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.stage.StageMemory;
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
    private static final long ALIGNMENT = 64;
    private static final long WRITE_CHUNK = 1 << 26;

    private KeySetup() {}

    /// Writes `pk` and `vk`. Both appear, or what was there stays; whatever the moment of a failure, there is never a
    /// `vk` beside the `pk` of another model, at worst none ([WholeFile#commitPair]).
    ///
    /// The keys of the standard target, 100 bits.
    ///
    /// @return the verifying key
    /// @throws IllegalArgumentException if a bound of the model does not hold
    /// @throws IOException if the files cannot be written, before the work if that shows
    public static VerifyingKey write(KeySource model, Path pk, Path vk, Host host, Progress listener)
            throws IOException {
        return write(model, ProofSecurity.choose(model.spec(), ProofSecurity.MINIMUM_BITS), pk, vk, host, listener);
    }

    /// The keys for parameters that [ProofSecurity#choose(ModelSpec, int)] has chosen.
    public static VerifyingKey write(KeySource model, CommitmentParameters parameters, Path pk, Path vk, Host host,
            Progress listener) throws IOException {
        WholeFile.removeStale(pk);
        WholeFile.removeStale(vk);
        try (WholeFile proving = WholeFile.create(pk); WholeFile verifying = WholeFile.create(vk)) {
            VerifyingKey key;
            try {
                key = write(model, parameters, proving.channel(), host, listener);
            } catch (IOException e) {
                throw proving.failed(e);
            }
            verifying.write(key.encode());
            WholeFile.commitPair(proving, verifying);
            return key;
        }
    }

    /// Most bytes that the stages of a device take at a time: rows are hashed chunk by chunk, then the tree is made.
    ///
    /// @param memory what the stages say that they take
    /// @throws IllegalArgumentException if the model does not fit the parameters
    public static long deviceBytes(ModelSpec spec, CommitmentParameters parameters, StageMemory memory) {
        MatrixLayout layout = MatrixLayout.of(spec.inference(1).keyColumns(), parameters.k());
        return memory.rows(layout, parameters.codeBits(0), 1).hash();
    }

    /// Writes the whole content of a proving key.
    private static VerifyingKey write(KeySource model, CommitmentParameters parameters, FileChannel channel, Host host,
            Progress progress) throws IOException {
        progress.phase("check", 0);
        model.check();
        ModelSpec spec = model.spec();
        Circuit circuit = spec.inference(1);
        List<KeyColumn> columns = circuit.key();
        List<Column> committed = circuit.keyColumns();
        MatrixLayout layout = MatrixLayout.of(committed, parameters.k());
        // Its length is that of the key, which has another root.
        VerifyingKey sizes = new VerifyingKey(model.name(), model.tokenizer(), spec, parameters,
                new byte[MerkleProof.NODE_BYTES]);
        KeyFile.Regions regions = KeyFile.regions(sizes, columns);
        progress.phase("lay out weights", columns.size());
        writeColumns(model, columns, regions, channel, progress);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, regions.commitment(), arena);
            Map<Column, HostTensor> tensors = new IdentityHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                KeyColumn c = columns.get(i);
                tensors.put(c.column(),
                        new HostTensor(mapped.asSlice(regions.tensors().get(i), c.bytes()), c.column().bits()));
            }
            progress.phase("commit weights", MatrixCommitment.steps(layout));
            byte[] root;
            try (MatrixCommitment commitment =
                    MatrixCommitment.commit(parameters, layout, new TensorSource(tensors::get), host, progress::step)) {
                progress.phase("write key", 0);
                commitment.writeTo(channel, regions.commitment());
                root = commitment.root();
            }
            VerifyingKey key = new VerifyingKey(model.name(), model.tokenizer(), spec, parameters, root);
            MemorySegment whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, regions.end(), arena);
            byte[] digest = ContentDigest.of(whole.asSlice(regions.content()));
            KeyFile.writeHeader(channel, new KeyFile.Header(key, digest));
            progress.end();
            return key;
        }
    }

    /// Through a buffer and not through a mapping of the file: on a full disk, a write is an error that can be told, a
    /// store is the end of the process.
    private static void writeColumns(KeySource model, List<KeyColumn> columns, KeyFile.Regions regions,
            FileChannel channel, Progress progress) throws IOException {
        long largest = columns.stream().mapToLong(c -> KeyFile.aligned(c.bytes())).max().orElseThrow();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment buffer = arena.allocate(largest, ALIGNMENT);
            for (int i = 0; i < columns.size(); i++) {
                KeyColumn c = columns.get(i);
                MemorySegment room = buffer.asSlice(0, KeyFile.aligned(c.bytes())).fill((byte) 0);
                model.fill(c, new HostTensor(room.asSlice(0, c.bytes()), c.column().bits()));
                for (long done = 0; done < room.byteSize();) {
                    long size = Math.min(WRITE_CHUNK, room.byteSize() - done);
                    done += channel.write(room.asSlice(done, size).asByteBuffer(), regions.tensors().get(i) + done);
                }
                progress.step();
            }
        }
    }
}
