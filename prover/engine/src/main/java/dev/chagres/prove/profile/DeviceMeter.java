package dev.chagres.prove.profile;

/// Reads the counters of a device. Any thread may ask.
public interface DeviceMeter {
    /// Where there is no device.
    DeviceMeter NONE = new DeviceMeter() {
        @Override
        public DeviceUse read() {
            return DeviceUse.NONE;
        }

        @Override
        public void resetPeak() {}
    };

    /// Since the device was opened; the peak since the last [#resetPeak()].
    DeviceUse read();

    /// Starts the peak again with what is in use now.
    void resetPeak();
}
