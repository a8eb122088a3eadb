package dev.chagres.prove;

/// A device failed while a proof was made on it; there is no proof. The message is one line with cause and cure. The
/// next proof of the same engine opens a device again that was lost.
public final class DeviceFailureException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean memory;

    DeviceFailureException(String message, boolean memory, Throwable cause) {
        super(message, cause);
        this.memory = memory;
    }

    /// Whether the device had no memory for what was asked, and did not fail otherwise.
    public boolean memory() {
        return memory;
    }
}
