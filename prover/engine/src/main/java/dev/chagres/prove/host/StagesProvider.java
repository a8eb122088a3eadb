package dev.chagres.prove.host;

import dev.chagres.prove.profile.DeviceMeter;
import dev.chagres.prove.stage.Stages;
import java.util.Optional;
import java.util.OptionalLong;

/// Opens devices to compute on. Providers are found as services; the engine knows none.
public interface StagesProvider {
    /// A device that is open, with its memory taken.
    interface Place extends AutoCloseable {
        /// Name for listings and messages: `cuda:0 NVIDIA H100 sm_90`, `emulated`.
        String name();

        /// The stages on it.
        ///
        /// @param host whose memory and threads they use beside the device; complete but for its stages
        /// @param cpu the processor's stages on that host
        Stages stages(Host host, Stages cpu);

        /// What a failure of the stages says of the device: whether the device failed, not what was asked of it.
        ///
        /// @param thrown by a stage, with its causes and what it has suppressed
        default Optional<Fault> fault(Throwable thrown) {
            return Optional.empty();
        }

        /// Its counters.
        default DeviceMeter meter() {
            return DeviceMeter.NONE;
        }

        /// Gives the device back, also one that was lost; nothing runs on it then.
        @Override
        void close();
    }

    /// How a device failed.
    ///
    /// @param cause one line
    /// @param memory whether it had no memory for what was asked, and can be used on; else it is lost
    record Fault(String cause, boolean memory) {}

    /// Whether a name is one of this provider's: `cuda`, `cuda:1`, `emulated`.
    boolean knows(String device);

    /// Opens a device.
    ///
    /// @param device a name that this provider knows
    /// @param bytes memory of the device to take; what is sensible if empty
    /// @throws IllegalStateException in one line with cause and cure, if there is none or it has not as much memory
    Place open(String device, OptionalLong bytes);
}
