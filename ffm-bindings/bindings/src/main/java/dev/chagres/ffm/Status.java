package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;

/// What a native call comes back with.
public enum Status {
    /// Done.
    OK(ChagresCuda.CHG_OK()),
    /// An argument is refused; nothing has changed.
    ARGUMENT(ChagresCuda.CHG_ARGUMENT()),
    /// The device or the process has no memory for this.
    MEMORY(ChagresCuda.CHG_MEMORY()),
    /// No driver, or no such device.
    NO_DEVICE(ChagresCuda.CHG_NO_DEVICE()),
    /// The driver is older than the runtime of the library.
    DRIVER_TOO_OLD(ChagresCuda.CHG_DRIVER_TOO_OLD()),
    /// The device failed and must be closed.
    LOST(ChagresCuda.CHG_LOST()),
    /// A value is outside the domain of the integer program.
    DOMAIN(ChagresCuda.CHG_DOMAIN());

    private final int code;

    Status(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /// @throws IllegalArgumentException if no status has this code
    static Status of(int code) {
        for (Status status : values()) {
            if (status.code == code) {
                return status;
            }
        }
        throw new IllegalArgumentException("the native library returned " + code + ", which is no status");
    }

    /// Checks what a call returned; to be used by the thread that called, before it calls again.
    ///
    /// @throws DeviceException if it failed, with the library's message
    static void check(int code) {
        Status status = of(code);
        if (status != OK) {
            throw new DeviceException(status, ChagresCuda.chg_message().getString(0));
        }
    }
}
