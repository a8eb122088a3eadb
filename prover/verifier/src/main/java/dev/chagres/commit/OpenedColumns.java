package dev.chagres.commit;

import dev.chagres.field.M31;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.VerifierChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Opened columns of one codeword matrix: read from the proof and checked against its Merkle root.
final class OpenedColumns {
    private OpenedColumns() {}

    /// Reads the columns at the positions (each `rows` words, packed), then the pruned Merkle proof.
    ///
    /// @param depth log2 of the code length
    /// @param positions ascending and distinct
    /// @return words\[i\]\[row\] of the column at positions\[i\], canonical
    /// @throws Rejection `open/merkle` or `open/canonical`, or `format/...`
    static int[][] read(VerifierChannel channel, byte[] root, int rows, int depth, int[] positions) throws Rejection {
        int[] all = channel.hintWords(OpeningTags.COLUMNS, (long) rows * positions.length);
        byte[] siblings = channel.hint(OpeningTags.COLUMNS,
                (long) MerkleProof.NODE_BYTES * MerkleProof.siblings(depth, positions).length);
        byte[][] leaves = new byte[positions.length][];
        int[][] words = new int[positions.length][];
        // What is hashed is the words as they were committed, 32 bits each.
        ByteBuffer column = ByteBuffer.allocate(4 * rows).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < positions.length; i++) {
            words[i] = Arrays.copyOfRange(all, i * rows, (i + 1) * rows);
            column.asIntBuffer().put(words[i]);
            leaves[i] = MerkleProof.leaf(column.array());
        }
        if (!Arrays.equals(MerkleProof.root(depth, positions, leaves, siblings), root)) {
            throw new Rejection("open/merkle", "opened columns do not lead to the committed root");
        }
        for (int word : all) {
            if (!M31.isCanonical(word)) {
                throw new Rejection("open/canonical", "a committed column holds a word that is no field element");
            }
        }
        return words;
    }
}
