package dev.chagres.ffm;

/// A native library is not there or does not fit; the message is one line with what was tried and why it failed.
public final class NativeLibraryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NativeLibraryException(String message) {
        super(message);
    }
}
