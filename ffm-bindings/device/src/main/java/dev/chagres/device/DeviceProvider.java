package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceCount;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.NativeLibrary;
import dev.chagres.ffm.NativeLibraryException;
import dev.chagres.ffm.Status;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.StagesProvider;
import dev.chagres.prove.profile.DeviceMeter;
import dev.chagres.prove.profile.DeviceUse;
import dev.chagres.prove.stage.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Opens devices for engines: `emulated`, `cuda` (the first one), `cuda:N`.
public final class DeviceProvider implements StagesProvider {
    private static final String EMULATED = "emulated";
    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");
    /// A slab that is only opened to ask the device about itself.
    private static final long LEAST_SLAB = 1 << 20;
    /// The emulated device fills all of its memory when it is opened, and takes it from the process.
    private static final long EMULATED_SLAB = 256L << 20;

    /// Called by the service loader.
    public DeviceProvider() {}

    @Override
    public boolean knows(String device) {
        return device.equals(EMULATED) || CUDA.matcher(device).matches();
    }

    @Override
    public Place open(String device, OptionalLong bytes) {
        Matcher cuda = CUDA.matcher(device);
        boolean real = cuda.matches();
        int ordinal = real && cuda.group(1) != null ? Integer.parseInt(cuda.group(1)) : 0;
        try {
            NativeLibrary library = NativeLibrary.load(real ? NativeLibrary.Kind.CUDA : NativeLibrary.Kind.HOST);
            if (real) {
                library.devices(); // says what is wrong with the driver
            }
            return new Site(new DeviceSite(library, ordinal, slab(library, ordinal, bytes)));
        } catch (NativeLibraryException e) {
            throw new IllegalStateException(
                    device + " cannot be used: " + e.getMessage() + "; or compute on the cpu", e);
        } catch (DeviceException e) {
            throw new IllegalStateException(device + " cannot be used: " + e.getMessage() + "; " + cure(e), e);
        }
    }

    private static String cure(DeviceException e) {
        return switch (e.status()) {
            case NO_DEVICE -> "name one that is there, install its driver, or compute on the cpu";
            case DRIVER_TOO_OLD -> "install a newer driver, or compute on the cpu";
            case MEMORY -> "ask for less of its memory, end what else uses it, or compute on the cpu";
            default -> "compute on the cpu";
        };
    }

    /// Bytes to take: what is asked for, if the device has it; else most of what is free.
    private static long slab(NativeLibrary library, int ordinal, OptionalLong asked) {
        Device.Info info;
        try (Device probe = library.open(ordinal, LEAST_SLAB)) {
            info = probe.info();
        }
        long free = info.freeBytes();
        if (asked.isPresent() && asked.getAsLong() > free) {
            throw new IllegalStateException(String.format(Locale.ROOT,
                    "%s has %.1f GiB of memory free, and %.1f GiB are asked for; ask for less, or compute on the cpu",
                    DeviceSite.name(info), free / 0x1p30, asked.getAsLong() / 0x1p30));
        }
        // The rest is for whatever else the driver keeps there.
        long most = info.emulated() ? Math.min(EMULATED_SLAB, free / 2) : free - free / 8;
        return Math.max(Device.ALIGNMENT, asked.orElse(most) & -Device.ALIGNMENT);
    }

    /// A site that an engine owns.
    private record Site(DeviceSite site) implements Place, DeviceMeter {
        @Override
        public String name() {
            return site.name();
        }

        @Override
        public Stages stages(Host host, Stages cpu) {
            return new DeviceStages(site, host, cpu);
        }

        @Override
        public Optional<Fault> fault(Throwable thrown) {
            return Optional.ofNullable(failure(thrown))
                    .map(e -> new Fault(e.getMessage(), e.status() == Status.MEMORY));
        }

        /// What the device has said, in what was thrown, its causes or what came with it; a loss before anything else.
        private static DeviceException failure(Throwable thrown) {
            DeviceException found = thrown instanceof DeviceException e ? e : null;
            List<Throwable> inside = new ArrayList<>(List.of(thrown.getSuppressed()));
            if (thrown.getCause() != null) {
                inside.add(thrown.getCause());
            }
            for (Throwable next : inside) {
                DeviceException other = failure(next);
                if (found == null || other != null && found.status() == Status.MEMORY) {
                    found = other == null ? found : other;
                }
            }
            return found;
        }

        @Override
        public DeviceMeter meter() {
            return this;
        }

        @Override
        public DeviceUse read() {
            DeviceCount count = site.device().count();
            return new DeviceUse(count.launches(), count.copiesIn() + count.copiesOut(), count.bytesIn(),
                    count.bytesOut(), count.waits(), count.waitNanos() / 1e9, count.peakBytes());
        }

        @Override
        public void resetPeak() {
            site.device().resetPeak();
        }

        @Override
        public void close() {
            site.close();
        }
    }
}
