package dev.chagres.prove.commit;

import dev.chagres.prove.stage.Stages;
import dev.chagres.transcript.ProverChannel;

/// Proof of work on the transcript, its nonce found by [Stages#nonce].
public final class Grinding {
    /// Below this work a search of many nonces at a time costs more than it saves.
    private static final int SMALL = 8;

    private Grinding() {}

    /// Finds, absorbs and sends the least nonce that carries the work; any tag will do, but only tags of at most
    /// [NonceSearch#LONGEST_TAG] characters are fast.
    ///
    /// @param bits number of leading zero bits asked for
    /// @param stages search
    public static void grind(ProverChannel channel, String tag, int bits, Stages stages) {
        if (bits < SMALL || tag.length() > NonceSearch.LONGEST_TAG) {
            channel.grind(tag, bits);
        } else {
            channel.grind(tag, bits, stages.nonce(channel.transcript().state(), tag, bits));
        }
    }
}
