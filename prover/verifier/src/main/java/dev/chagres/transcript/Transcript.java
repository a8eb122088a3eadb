package dev.chagres.transcript;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.hash.Blake3;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A hash chain over BLAKE3 under [HashContexts#TRANSCRIPT]. With S the 32-byte state, `|` concatenation, integers
/// little-endian, and `T(tag) = u32 length | ASCII bytes`:
///
/// - absorb: S = H(S | 1 | T(tag) | u64 length | data)
/// - challenge: words = XOF(S | 2 | T(tag)), then S = H(S | 3 | T(tag)). A field coordinate is the low 31 bits of
///   the next 32-bit word; the value p is skipped.
/// - grind: the nonce (u64) must make H(S | 4 | T(tag) | nonce), read as a big-endian number, start with the asked
///   number of zero bits; then S = that hash.
/// - fork: S' = H(S | 5 | u32 index)
///
/// A transcript is used by one thread at a time, forking included; a fork is a transcript of its own. Tags are ASCII.
public final class Transcript {
    private static final int STATE_BYTES = 32;

    private byte[] state;
    private final Blake3 hasher = new Blake3(HashContexts.TRANSCRIPT);

    private Transcript(byte[] state) {
        this.state = state;
    }

    /// A fresh transcript for the given protocol identifier.
    public static Transcript start(String protocol) {
        Transcript fresh = new Transcript(null);
        fresh.state = fresh.hash(protocol.getBytes(StandardCharsets.US_ASCII));
        return fresh;
    }

    /// A transcript that has come to a state.
    ///
    /// @param state 32 bytes
    public static Transcript resume(byte[] state) {
        if (state.length != STATE_BYTES) {
            throw new IllegalArgumentException("a state of " + state.length + " bytes");
        }
        return new Transcript(state.clone());
    }

    /// An independent continuation; this transcript is unchanged.
    public Transcript fork(int index) {
        return new Transcript(hash(message(5, Integer.BYTES).putInt(index).array()));
    }

    /// The current state, 32 bytes.
    public byte[] state() {
        return state.clone();
    }

    public void absorb(String tag, byte[] data) {
        state = hash(message(1, tag, Long.BYTES).putLong(data.length).array(), data);
    }

    public void absorb(String tag, QM31... values) {
        absorb(tag, encode(values));
    }

    public QM31 challenge(String tag) {
        return challenges(tag, 1)[0];
    }

    public QM31[] challenges(String tag, int n) {
        int[] words = baseElements(tag, 4 * n);
        QM31[] result = new QM31[n];
        for (int i = 0; i < n; i++) {
            result[i] = new QM31(words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]);
        }
        return result;
    }

    private int[] baseElements(String tag, int n) {
        byte[] message = message(2, tag, 0).array();
        int[] result = new int[n];
        int have = 0;
        // A word is skipped with probability 2^-31; a retry reads a longer prefix of the same stream.
        for (int words = n; have < n; words += 16) {
            ByteBuffer stream = output(message, words);
            have = 0;
            while (stream.hasRemaining() && have < n) {
                int v = stream.getInt() & 0x7fffffff;
                if (v != M31.P) {
                    result[have++] = v;
                }
            }
        }
        step(message);
        return result;
    }

    /// `n` independent positions in [0, 2^bits), with repetition; bits <= 31.
    public int[] positions(String tag, int n, int bits) {
        byte[] message = message(2, tag, 0).array();
        ByteBuffer stream = output(message, n);
        int[] result = new int[n];
        for (int i = 0; i < n; i++) {
            result[i] = stream.getInt() & (int) ((1L << bits) - 1);
        }
        step(message);
        return result;
    }

    /// `words` words of output for a message.
    private ByteBuffer output(byte[] message, int words) {
        byte[] out = new byte[Integer.BYTES * words];
        hasher.reset().update(message, 0, message.length).finish(out, 0, out.length);
        return ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// The state after a challenge.
    ///
    /// @param message by which the challenge was drawn; its kind is overwritten
    private void step(byte[] message) {
        message[STATE_BYTES] = 3;
        state = hash(message);
    }

    /// Whether `nonce` carries the asked work; if so it is absorbed, else the state is unchanged.
    public boolean acceptNonce(String tag, int bits, long nonce) {
        byte[] digest = hash(message(4, tag, Long.BYTES).putLong(nonce).array());
        long head = ByteBuffer.wrap(digest).getLong();
        if (bits > 0 && head >>> (64 - bits) != 0) {
            return false;
        }
        state = digest;
        return true;
    }

    /// The least nonce with the asked work, absorbed.
    public long grind(String tag, int bits) {
        for (long nonce = 0; ; nonce++) {
            if (acceptNonce(tag, bits, nonce)) {
                return nonce;
            }
        }
    }

    /// Canonical little-endian encoding, 16 bytes an element.
    public static byte[] encode(QM31... values) {
        ByteBuffer b = ByteBuffer.allocate(QM31.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (QM31 v : values) {
            b.putInt(v.c0()).putInt(v.c1()).putInt(v.c2()).putInt(v.c3());
        }
        return b.array();
    }

    /// The message S | kind | T(tag), with room for `more` bytes behind it.
    private ByteBuffer message(int kind, String tag, int more) {
        int length = tag.length();
        ByteBuffer message = message(kind, Integer.BYTES + length + more).putInt(length);
        for (int i = 0; i < length; i++) {
            message.put((byte) tag.charAt(i));
        }
        return message;
    }

    /// The message S | kind, with room for `more` bytes behind it.
    private ByteBuffer message(int kind, int more) {
        return ByteBuffer.allocate(STATE_BYTES + 1 + more).order(ByteOrder.LITTLE_ENDIAN).put(state).put((byte) kind);
    }

    private byte[] hash(byte[]... parts) {
        hasher.reset();
        for (byte[] p : parts) {
            hasher.update(p, 0, p.length);
        }
        byte[] out = new byte[STATE_BYTES];
        hasher.finish(out, 0, STATE_BYTES);
        return out;
    }
}
