package dev.chagres.transcript;

import dev.chagres.field.QM31;

/// What both ends of a proof stream share: the transcript and its public inputs.
public abstract sealed class Channel permits ProverChannel, VerifierChannel {
    protected final Transcript transcript;

    protected Channel(Transcript transcript) {
        this.transcript = transcript;
    }

    /// Absorbs data that both ends know.
    public void absorb(String tag, byte[] data) {
        transcript.absorb(tag, data);
    }

    public QM31 challenge(String tag) {
        return transcript.challenge(tag);
    }

    public QM31[] challenges(String tag, int n) {
        return transcript.challenges(tag, n);
    }

    /// `n` positions in [0, 2^bits), with repetition.
    public int[] positions(String tag, int n, int bits) {
        return transcript.positions(tag, n, bits);
    }

    public Transcript transcript() {
        return transcript;
    }
}
