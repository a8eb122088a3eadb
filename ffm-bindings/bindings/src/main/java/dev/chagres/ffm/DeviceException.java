package dev.chagres.ffm;

/// A native call failed; the message is one line with the function and the reason.
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Status status;

    DeviceException(Status status, String message) {
        super(message);
        this.status = status;
    }

    /// The kind of failure.
    public Status status() {
        return status;
    }
}
