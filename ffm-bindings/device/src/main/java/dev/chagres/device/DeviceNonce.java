package dev.chagres.device;

import dev.chagres.prove.commit.NonceSearch;

/// Searches the transcript's nonces on a device.
final class DeviceNonce {
    /// log2 of the nonces of a search: some milliseconds of a large device.
    private static final int MOST_BITS = 24;
    private static final int LEAST_BITS = 10;

    private DeviceNonce() {}

    /// The least nonce.
    ///
    /// @see dev.chagres.prove.stage.Stages#nonce
    static long least(DeviceSite site, byte[] state, String tag, int bits) {
        byte[] head = NonceSearch.head(state, tag);
        int[] start = NonceSearch.start();
        // One in 2^bits fits.
        long count = 1L << Math.clamp(bits, LEAST_BITS, MOST_BITS);
        try (DeviceWork work = site.work()) {
            for (long first = 0;; first += count) {
                long nonce = work.kernels().hash().leastNonce(head, bits, first, count, start, NonceSearch.FLAGS);
                if (nonce >= 0) {
                    return nonce;
                }
            }
        }
    }
}
