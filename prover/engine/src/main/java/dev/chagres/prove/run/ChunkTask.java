package dev.chagres.prove.run;

import dev.chagres.kernel.Backends;
import dev.chagres.prove.commit.ChunkHasher;
import dev.chagres.prove.store.Buffer;
import dev.chagres.prove.task.Parallel;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/// Encodes a chunk of rows of the witness matrix and hashes its columns: 32 bytes a column ([ChunkHasher]).
///
/// @param chunk number of the chunk
record ChunkTask(int chunk) implements ProofTask<Buffer> {
    @Override
    public Buffer run(TaskContext site, int threads) {
        return site.hasher().chaining(chunk, Backends.current(), new Parallel(threads), site.step());
    }

    @Override
    public Set<Integer> reads(TaskContext site) {
        Set<Integer> sections = new TreeSet<>();
        int end = Math.min(site.layout().rows(), (chunk + 1) * ChunkHasher.CHUNK_ROWS);
        for (int row = chunk * ChunkHasher.CHUNK_ROWS; row < end; row++) {
            site.layout().row(row).forEach(piece -> sections.add(site.witness().section(piece.column())));
        }
        return sections;
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        out.writeInt(chunk);
    }
}
