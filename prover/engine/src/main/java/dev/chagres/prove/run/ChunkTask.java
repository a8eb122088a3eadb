package dev.chagres.prove.run;

import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.store.Buffer;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/// Encodes a chunk of rows of the witness matrix and hashes its columns: 32 bytes a column ([RowHasher]).
///
/// @param chunk number of the chunk
record ChunkTask(int chunk) implements ProofTask<Buffer> {
    @Override
    public Buffer run(TaskContext site) {
        return site.hasher().chaining(chunk, site.step());
    }

    @Override
    public Set<Integer> reads(TaskContext site) {
        Set<Integer> sections = new TreeSet<>();
        int end = Math.min(site.layout().rows(), (chunk + 1) * RowHasher.CHUNK_ROWS);
        for (int row = chunk * RowHasher.CHUNK_ROWS; row < end; row++) {
            site.layout().row(row).forEach(piece -> sections.add(site.witness().section(piece.column())));
        }
        return sections;
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        out.writeInt(chunk);
    }
}
