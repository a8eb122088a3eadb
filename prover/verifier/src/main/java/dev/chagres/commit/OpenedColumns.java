package dev.chagres.commit;

import dev.chagres.field.M31;
import dev.chagres.hash.Blake3;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.VerifierChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Opened columns of one codeword matrix: read from the proof and checked against its Merkle root.
final class OpenedColumns {
    private OpenedColumns() {}

    /// Reads the columns at the positions (each `rows` little-endian words), then the pruned Merkle proof.
    ///
    /// @param depth log2 of the code length
    /// @param positions ascending and distinct
    /// @return words\[i\]\[row\] of the column at positions\[i\], canonical
    /// @throws Rejection `open/merkle` or `open/canonical`, or truncation
    static int[][] read(VerifierChannel channel, byte[] root, int rows, int depth, int[] positions) throws Rejection {
        byte[] data = channel.hint(OpeningTags.COLUMNS, 4L * rows * positions.length);
        byte[] siblings = channel.hint(OpeningTags.COLUMNS,
                (long) MerkleProof.DIGEST_BYTES * MerkleProof.siblings(depth, positions).length);
        byte[][] leaves = new byte[positions.length][];
        int[][] words = new int[positions.length][rows];
        ByteBuffer in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < positions.length; i++) {
            leaves[i] = new byte[MerkleProof.DIGEST_BYTES];
            new Blake3().update(data, 4 * rows * i, 4 * rows).finish(leaves[i], 0, MerkleProof.DIGEST_BYTES);
            for (int row = 0; row < rows; row++) {
                words[i][row] = in.getInt();
            }
        }
        if (!Arrays.equals(MerkleProof.root(depth, positions, leaves, siblings), root)) {
            throw new Rejection("open/merkle", "opened columns do not lead to the committed root");
        }
        for (int[] column : words) {
            for (int word : column) {
                if (!M31.isCanonical(word)) {
                    throw new Rejection("open/canonical", "a committed column holds a word that is no field element");
                }
            }
        }
        return words;
    }
}
