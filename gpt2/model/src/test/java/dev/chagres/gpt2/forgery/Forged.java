package dev.chagres.gpt2.forgery;

import dev.chagres.proof.Proof;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.statement.TokenSequence;

/// A proof file and the key that the verifier has, as bytes: what passes from one [MutantWorld] to another.
record Forged(byte[] key, byte[] proof) {
    /// A stream as a proof for a key.
    static Forged of(VerifyingKey key, TokenSequence about, byte[] stream) {
        return new Forged(key.encode(), new Proof(key.digest(), about, stream).encode());
    }
}
