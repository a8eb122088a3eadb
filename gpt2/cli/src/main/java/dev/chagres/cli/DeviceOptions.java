package dev.chagres.cli;

import dev.chagres.prove.Engine;
import dev.chagres.prove.MemoryLimit;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// `--device` and `--device-memory`: where proofs and keys are computed.
public final class DeviceOptions {
    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = {
        "Where to compute: cpu; auto, a CUDA device if there is one, else the processor; cuda or cuda:N; "
            + "emulated, a slow device for tests; default: ${DEFAULT-VALUE}.",
        "Proofs and keys do not depend on it."})
    private String device;

    @Option(names = "--device-memory", paramLabel = "SIZE",
            description = "Memory of the device to take, for example 20g; default: most of what is free there.")
    private String memory;

    /// An engine that computes there.
    ///
    /// @param settings of the engine otherwise
    /// @throws CommandException in one line, if the device cannot be used
    public Engine engine(Engine.Builder settings) {
        settings.device(device);
        if (memory != null) {
            try {
                settings.deviceMemory(MemoryLimit.parse(memory));
            } catch (IllegalArgumentException e) {
                throw new CommandException("--device-memory: " + e.getMessage(), e);
            }
        }
        try {
            return settings.build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new CommandException("--device: " + e.getMessage(), e);
        }
    }

    /// The name as given, for other machines than this one.
    ///
    /// @throws CommandException if an amount of its memory is given, which has no meaning there
    String name() {
        if (memory != null) {
            throw new CommandException("--device-memory does not go with --cluster; executors take most of what is free");
        }
        return device;
    }

    /// The options as words, for another process.
    public List<String> words() {
        List<String> words = new ArrayList<>(List.of("--device", device));
        if (memory != null) {
            words.addAll(List.of("--device-memory", memory));
        }
        return words;
    }
}
