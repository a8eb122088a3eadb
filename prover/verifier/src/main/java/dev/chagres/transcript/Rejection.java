package dev.chagres.transcript;

/// Why a proof is not accepted. The only exception that verification code raises on account of proof bytes; the
/// verifier's entry point turns it into a verdict.
public final class Rejection extends Exception {
    private static final long serialVersionUID = 1L;

    private final String check;

    /// @param check identifier of the failed check, as listed in docs/protocol.md
    /// @param message one line for people
    public Rejection(String check, String message) {
        super(message, null, false, false);
        this.check = check;
    }

    public String check() {
        return check;
    }
}
