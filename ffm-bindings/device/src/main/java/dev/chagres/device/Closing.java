package dev.chagres.device;

/// How something is closed that has failed.
final class Closing {
    private Closing() {}

    /// Closes because of a failure, which keeps what fails besides.
    ///
    /// @param failure that the caller throws on
    static void after(Throwable failure, Runnable close) {
        try {
            close.run();
        } catch (RuntimeException | Error e) {
            if (e != failure) {
                failure.addSuppressed(e);
            }
        }
    }
}
