package dev.chagres.transcript;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.relation.PrivateValue;
import dev.chagres.relation.Relations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The verifier's end: reads, checks the encoding, absorbs.
public final class VerifierChannel extends Channel {
    private final ByteBuffer in;
    private final Relations relations;

    /// @param bytes the whole stream; not modified
    public VerifierChannel(Transcript transcript, byte[] bytes) {
        this(transcript, ByteBuffer.wrap(bytes));
    }

    /// @param stream the whole stream, from its position to its limit; the position moves while it is read
    public VerifierChannel(Transcript transcript, ByteBuffer stream) {
        this(transcript, stream, Relations.plain());
    }

    /// @param stream the whole stream, from its position to its limit; the position moves while it is read
    /// @param relations say what messages stand for, and hear what is required of values
    public VerifierChannel(Transcript transcript, ByteBuffer stream, Relations relations) {
        super(transcript);
        this.in = stream;
        this.relations = relations;
    }

    /// A channel with a forked transcript that reads on in the same stream.
    public VerifierChannel fork(int index) {
        return new VerifierChannel(transcript.fork(index), in, relations);
    }

    /// Receives `n` canonical field elements, from which values follow.
    ///
    /// @throws Rejection if bytes are missing or an element is not canonical
    public PrivateValue[] receive(String tag, int n) throws Rejection {
        QM31[] sent = receivePlain(tag, n);
        PrivateValue[] values = new PrivateValue[n];
        for (int i = 0; i < n; i++) {
            values[i] = relations.received(sent[i]);
        }
        return values;
    }

    /// Receives `n` canonical field elements that hide nothing: functions of what is shown anyway.
    ///
    /// @throws Rejection if bytes are missing or an element is not canonical
    public QM31[] receivePlain(String tag, int n) throws Rejection {
        byte[] data = take(tag, (long) QM31.BYTES * n);
        ByteBuffer b = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        QM31[] values = new QM31[n];
        for (int i = 0; i < n; i++) {
            values[i] = new QM31(element(tag, b), element(tag, b), element(tag, b), element(tag, b));
        }
        transcript.absorb(tag, data);
        return values;
    }

    /// Requires that a value is 0.
    ///
    /// @param check id of the rejection
    /// @param otherwise what is wrong if it is not
    /// @throws Rejection if it is not
    public void require(String check, PrivateValue zero, String otherwise) throws Rejection {
        if (!relations.require(check, zero)) {
            throw new Rejection(check, otherwise);
        }
    }

    /// Receives `n` bytes.
    ///
    /// @throws Rejection if bytes are missing
    public byte[] receiveBytes(String tag, int n) throws Rejection {
        byte[] data = take(tag, n);
        transcript.absorb(tag, data);
        return data;
    }

    /// Reads `n` bytes that are checked against an earlier message and not absorbed.
    ///
    /// @throws Rejection if bytes are missing
    public byte[] hint(String tag, long n) throws Rejection {
        return take(tag, n);
    }

    /// Reads `n` words of 31 bits that are checked against an earlier message and not absorbed.
    ///
    /// @return words up to 2^31 - 1, which is no field element
    /// @throws Rejection if bytes are missing or bits after the last word are not 0
    public int[] hintWords(String tag, long n) throws Rejection {
        byte[] data = take(tag, PackedWords.bytes(n));
        int[] words = PackedWords.unpack(data, (int) n);
        if (words == null) {
            throw notCanonical("the bits after the last word of " + tag + " are not 0");
        }
        return words;
    }

    /// Reads a nonce and checks its work.
    ///
    /// @param check id of the rejection if the work is short
    /// @throws Rejection if bytes are missing or the work is short
    public void checkWork(String check, String tag, int bits) throws Rejection {
        long nonce = ByteBuffer.wrap(take(tag, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (!transcript.acceptNonce(tag, bits, nonce)) {
            throw new Rejection(check, "the nonce of " + tag + " does not carry " + bits + " bits of work");
        }
    }

    /// @throws Rejection if bytes are left over
    public void finish(String what) throws Rejection {
        if (in.hasRemaining()) {
            throw new Rejection("format/trailing", in.remaining() + " bytes left over in " + what);
        }
    }

    private byte[] take(String tag, long n) throws Rejection {
        if (n > in.remaining()) {
            throw new Rejection("format/truncated",
                    "the proof ends inside " + tag + ": " + n + " bytes needed, " + in.remaining() + " left");
        }
        byte[] data = new byte[(int) n];
        in.get(data);
        return data;
    }

    private static int element(String tag, ByteBuffer b) throws Rejection {
        int v = b.getInt();
        if (!M31.isCanonical(v)) {
            throw notCanonical("a field element of " + tag + " is not canonical");
        }
        return v;
    }

    private static Rejection notCanonical(String message) {
        return new Rejection("format/canonical", message);
    }
}
