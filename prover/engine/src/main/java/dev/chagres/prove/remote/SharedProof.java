package dev.chagres.prove.remote;

import dev.chagres.proof.VerifyingKey;
import dev.chagres.statement.TokenSequence;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;

/// Shared data 0: what a proof is about, and the streams that its sections follow from.
///
/// @param sequence that is proved
/// @param sites how many own its tensors
/// @param streams at what [dev.chagres.prove.run.Streams] has written
record SharedProof(TokenSequence sequence, int sites, DataInputStream streams) {
    /// Numbers of shared data.
    static final int PROOF = 0;
    static final int COUNTS = 1;
    static final int BATCH = 2;

    /// @param streams as [dev.chagres.prove.run.Streams] writes them
    static byte[] write(VerifyingKey key, TokenSequence sequence, int sites, byte[] streams) {
        return Wire.write(Integer.BYTES * sequence.ids().length + streams.length, out -> {
            Wire.bytes(out, key.digest());
            out.writeInt(sites);
            out.writeInt(sequence.promptLength());
            Wire.ints(out, sequence.ids());
            out.write(streams);
        });
    }

    /// @param key that is here
    /// @throws IllegalArgumentException in one line, if the data is of another build or about another key
    static SharedProof read(byte[] bytes, VerifyingKey key) throws IOException {
        DataInputStream in = Wire.read(bytes, "the coordinator");
        byte[] digest = Wire.bytes(in);
        if (!Arrays.equals(digest, key.digest())) {
            HexFormat hex = HexFormat.of();
            throw new IllegalArgumentException("the coordinator proves with key " + hex.formatHex(digest)
                    + ", the key here is " + hex.formatHex(key.digest()));
        }
        int sites = in.readInt();
        int prompt = in.readInt();
        return new SharedProof(new TokenSequence(Wire.ints(in), prompt), sites, in);
    }
}
