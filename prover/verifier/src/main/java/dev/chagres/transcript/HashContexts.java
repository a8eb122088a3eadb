package dev.chagres.transcript;

import dev.chagres.hash.Blake3Mode;

/// The uses of BLAKE3 inside a proof, each under a context of its own, so that no message of one use is a message of
/// another (docs/protocol.md, section 1). Digests of files are plain BLAKE3.
public final class HashContexts {
    /// Leaves of Merkle trees: columns of words.
    public static final Blake3Mode LEAF = Blake3Mode.deriveKey("chagres/2 2026 leaf");
    /// Inner nodes of Merkle trees: two nodes.
    public static final Blake3Mode NODE = Blake3Mode.deriveKey("chagres/2 2026 node");
    /// Everything that [Transcript] hashes.
    public static final Blake3Mode TRANSCRIPT = Blake3Mode.deriveKey("chagres/2 2026 transcript");

    private HashContexts() {}
}
