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
/// @param streams as [dev.chagres.prove.run.Streams] writes them
record SharedProof(TokenSequence sequence, byte[] streams) {
    /// Numbers of shared data.
    static final int PROOF = 0;
    static final int COUNTS = 1;
    static final int BATCH = 2;

    byte[] write(VerifyingKey key) {
        return Wire.write(out -> {
            Wire.bytes(out, key.digest());
            out.writeInt(sequence.promptLength());
            out.writeInt(sequence.ids().length);
            for (int id : sequence.ids()) {
                out.writeInt(id);
            }
            Wire.bytes(out, streams);
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
        int prompt = in.readInt();
        int[] ids = new int[in.readInt()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = in.readInt();
        }
        return new SharedProof(new TokenSequence(ids, prompt), Wire.bytes(in));
    }
}
