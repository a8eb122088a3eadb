package dev.chagres.transcript;

import dev.chagres.field.QM31;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The prover's end: what is sent is absorbed and appended to this stream's bytes.
public final class ProverChannel extends Channel {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private final Interceptor interceptor;

    /// Replaces a message before it is absorbed and sent. The honest prover has none; a test plays a dishonest prover.
    @FunctionalInterface
    public interface Interceptor {
        /// Sends every message as it is.
        Interceptor NONE = (tag, data) -> data;

        /// @return bytes of the same length
        byte[] replace(String tag, byte[] data);
    }

    public ProverChannel(Transcript transcript) {
        this(transcript, Interceptor.NONE);
    }

    public ProverChannel(Transcript transcript, Interceptor interceptor) {
        super(transcript);
        this.interceptor = interceptor;
    }

    /// Sends field elements.
    public void send(String tag, QM31... values) {
        send(tag, Transcript.encode(values));
    }

    /// Sends bytes whose length the verifier knows.
    public void send(String tag, byte[] data) {
        byte[] sent = interceptor.replace(tag, data);
        transcript.absorb(tag, sent);
        out.writeBytes(sent);
    }

    /// Appends bytes that are checked against an earlier message (opened columns, Merkle paths) and therefore not
    /// absorbed.
    public void hint(byte[] data) {
        out.writeBytes(data);
    }

    /// Appends words of 31 bits as [#hint(byte\[\])] does, packed.
    public void hintWords(int[] words) {
        out.writeBytes(PackedWords.pack(words));
    }

    /// Finds, absorbs and sends a nonce.
    public void grind(String tag, int bits) {
        sendNonce(transcript.grind(tag, bits));
    }

    /// Absorbs and sends a nonce found elsewhere.
    ///
    /// @throws IllegalArgumentException if it does not carry the work
    public void grind(String tag, int bits, long nonce) {
        if (!transcript.acceptNonce(tag, bits, nonce)) {
            throw new IllegalArgumentException("nonce " + nonce + " of " + tag + " lacks " + bits + " bits of work");
        }
        sendNonce(nonce);
    }

    private void sendNonce(long nonce) {
        out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(nonce).array());
    }

    /// All bytes sent so far.
    public byte[] bytes() {
        return out.toByteArray();
    }
}
