package dev.chagres.ffm.embed;

/// An object that is used after it was closed.
final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedException(String what) {
        super("this " + what + " is closed");
    }
}
