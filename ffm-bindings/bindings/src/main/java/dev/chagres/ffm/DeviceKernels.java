package dev.chagres.ffm;

/// All kernels of a device on one stream: what a [dev.chagres.kernel.Backend] is for host memory. Operands are checked
/// to be of the stream's device and large enough; a refused call has done nothing. Used by one thread at a time, as the
/// stream is.
public final class DeviceKernels {
    private final DeviceFieldKernels field;
    private final DeviceFftKernels fft;
    private final DeviceHashKernels hash;
    private final DeviceIntegerKernels integer;
    private final DevicePanelKernels panel;
    private final DeviceCountKernels counts;
    private final DeviceInferenceKernels inference;
    private final DeviceRowKernels rows;
    private final DeviceTreeKernels tree;
    private final DeviceStatementKernels statement;

    /// @param stream of which the calls become work
    public DeviceKernels(Stream stream) {
        Operands operands = new Operands(stream);
        field = new DeviceFieldKernels(operands);
        fft = new DeviceFftKernels(operands);
        hash = new DeviceHashKernels(operands);
        integer = new DeviceIntegerKernels(operands);
        panel = new DevicePanelKernels(operands);
        counts = new DeviceCountKernels(operands);
        inference = new DeviceInferenceKernels(operands);
        rows = new DeviceRowKernels(operands);
        tree = new DeviceTreeKernels(operands);
        statement = new DeviceStatementKernels(operands);
    }

    /// Arithmetic on base and ext arrays.
    public DeviceFieldKernels field() {
        return field;
    }

    /// The circle FFT.
    public DeviceFftKernels fft() {
        return fft;
    }

    /// BLAKE3.
    public DeviceHashKernels hash() {
        return hash;
    }

    /// Products, shifts and tables of integers.
    public DeviceIntegerKernels integer() {
        return integer;
    }

    /// Integers in rows and lanes.
    public DevicePanelKernels panel() {
        return panel;
    }

    /// Counts of lookups.
    public DeviceCountKernels counts() {
        return counts;
    }

    /// The integer program on panels.
    public DeviceInferenceKernels inference() {
        return inference;
    }

    /// Rows of a committed matrix, and claims over them.
    public DeviceRowKernels rows() {
        return rows;
    }

    /// Trees of fractions.
    public DeviceTreeKernels tree() {
        return tree;
    }

    /// Sums of symbolic statements.
    public DeviceStatementKernels statement() {
        return statement;
    }
}
