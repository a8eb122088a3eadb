package dev.chagres.gpt2.model;

/// The input drives the residual stream out of [-2^26, 2^26): the integer program is not defined there.
public final class DomainException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int layer;
    private final int position;

    /// @param layer    the block whose norm meets the value; the number of blocks for the final norm
    /// @param place    which norm of that block
    /// @param position the row
    public DomainException(int layer, String place, int position) {
        super("residual stream outside [-2^26, 2^26) at layer " + layer + " (" + place + "), position " + position);
        this.layer = layer;
        this.position = position;
    }

    public int layer() {
        return layer;
    }

    public int position() {
        return position;
    }
}
