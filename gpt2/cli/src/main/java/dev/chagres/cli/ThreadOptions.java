package dev.chagres.cli;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.prove.Engine;
import java.util.OptionalInt;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/// `--threads`, by default one per processor.
public final class ThreadOptions {
    @Option(names = "--threads", paramLabel = "N", description = "Number of threads; default: one per processor.")
    private Integer threads;

    /// More threads than this for every processor only take memory; a machine that shows one may be given many more.
    private static final int MOST_PER_PROCESSOR = 4;
    private static final int ALWAYS_ALLOWED = 64;

    /// An engine with so many threads.
    Engine engine() {
        return engine(Backends.ofProperty());
    }

    /// An engine with so many threads that computes somewhere.
    ///
    /// @param kernels of the processor
    /// @param warnings receives its warnings
    Engine engine(DeviceOptions device, Backend kernels, Consumer<String> warnings) {
        return device.engine(Engine.builder().threads(count()).kernels(kernels).warnings(warnings));
    }

    /// An engine with so many threads and the usual kernels that computes somewhere.
    ///
    /// @param warnings receives its warnings
    Engine engine(DeviceOptions device, Consumer<String> warnings) {
        return engine(device, Backends.ofProperty(), warnings);
    }

    /// An engine with so many threads and these kernels.
    Engine engine(Backend kernels) {
        return Engine.builder().threads(count()).kernels(kernels).build();
    }

    /// The number as given, for other machines than this one.
    ///
    /// @throws CommandException if it is not positive
    OptionalInt given() {
        if (threads != null && threads < 1) {
            throw new CommandException("--threads must be at least 1, not " + threads);
        }
        return threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
    }

    /// @throws CommandException if the number is not positive, or far more than the machine has processors
    public int count() {
        int processors = Runtime.getRuntime().availableProcessors();
        int n = threads == null ? processors : threads;
        int most = Math.max(ALWAYS_ALLOWED, Math.multiplyExact(MOST_PER_PROCESSOR, processors));
        if (n > most) {
            throw new CommandException("--threads must be at most " + most + " with " + processors
                    + " processors, not " + n);
        }
        if (n < 1) {
            throw new CommandException("--threads must be at least 1, not " + n);
        }
        return n;
    }
}
