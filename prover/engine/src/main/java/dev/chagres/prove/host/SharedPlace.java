package dev.chagres.prove.host;

import dev.chagres.prove.profile.DeviceMeter;
import dev.chagres.prove.profile.DeviceUse;
import dev.chagres.prove.stage.StageMemory;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;

/// The device of an engine, which proofs and makers of keys use one after another or side by side: each has its share
/// of the memory, told before it begins. A device that was lost is closed when its last user has ended, and opened
/// again for the next one. Safe for use by several threads.
public final class SharedPlace implements AutoCloseable {
    private final Supplier<StagesProvider.Place> opener;
    private final Function<StagesProvider.Place, Host> maker;
    private final String name;
    /// Null after it was lost, until it is opened again.
    private StagesProvider.Place place;
    private Host host;
    private int users;
    private boolean lost;
    private long taken;
    /// What was asked of devices that were lost.
    private DeviceUse past = DeviceUse.NONE;

    /// Opens the device.
    ///
    /// @param opener opens it, now and after it was lost; throws an [IllegalStateException] in one line if it cannot
    /// @param maker of the host whose stages are those of an open place
    public SharedPlace(Supplier<StagesProvider.Place> opener, Function<StagesProvider.Place, Host> maker) {
        this.opener = opener;
        this.maker = maker;
        open();
        this.name = place.name();
    }

    private void open() {
        StagesProvider.Place opened = opener.get();
        try {
            host = maker.apply(opened);
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
        place = opened;
        lost = false;
    }

    /// Name of the device, for listings and messages.
    public String name() {
        return name;
    }

    /// The host whose stages compute there. Opens the device again if it was lost and nobody uses it any more.
    ///
    /// @throws IllegalStateException in one line, if it cannot be opened again
    public synchronized Host host() {
        if (lost && users == 0) {
            reopen();
        }
        return host;
    }

    private void reopen() {
        shut();
        open();
    }

    private void shut() {
        StagesProvider.Place old = place;
        place = null;
        if (old != null) {
            past = past.and(old.meter().read());
            old.close();
        }
    }

    /// What the stages say that they take, whether the device is open or not.
    public synchronized Optional<StageMemory> memory() {
        return host.stages().memory();
    }

    /// Counters of the device, also of those that it was before it was lost.
    public DeviceMeter meter() {
        return new DeviceMeter() {
            @Override
            public DeviceUse read() {
                synchronized (SharedPlace.this) {
                    return place == null ? past : place.meter().read().and(past);
                }
            }

            @Override
            public void resetPeak() {
                synchronized (SharedPlace.this) {
                    past = past.withoutPeak();
                    if (place != null) {
                        place.meter().resetPeak();
                    }
                }
            }
        };
    }

    /// What a use is for, in messages.
    public enum Purpose {
        PROOF("this sequence", "shorten the sequence, ", "proving", "proof"),
        KEY("this key", "", "making the key", "key");

        private final String subject;
        private final String cure;
        private final String doing;
        private final String result;

        Purpose(String subject, String cure, String doing, String result) {
            this.subject = subject;
            this.cure = cure;
            this.doing = doing;
            this.result = result;
        }

        /// The work: `proving`.
        public String doing() {
            return doing;
        }

        /// What it makes: `proof`.
        public String result() {
            return result;
        }
    }

    /// Begins a use: takes a share of the memory, for as many lanes as fit beside the shares of others. Waits for
    /// others to end if there is not enough for one lane now, and before a device that was lost is opened again.
    ///
    /// @param purpose for the message if it is refused
    /// @param most lanes, at least 1
    /// @param bytes that a number of lanes takes, growing with it
    /// @throws IllegalArgumentException in one line, if the device has too little memory for one lane
    /// @throws IllegalStateException in one line, if it was lost and cannot be opened again
    public synchronized Use use(Purpose purpose, int most, IntToLongFunction bytes) {
        boolean interrupted = false;
        try {
            while (true) {
                if (lost && users == 0) {
                    reopen();
                }
                if (!lost) {
                    long capacity = memory().map(StageMemory::capacity).orElse(Long.MAX_VALUE);
                    for (int lanes = most; lanes >= 1; lanes--) {
                        if (bytes.applyAsLong(lanes) <= capacity - taken) {
                            return new Use(lanes, bytes.applyAsLong(lanes));
                        }
                    }
                    if (bytes.applyAsLong(1) > capacity) {
                        throw refusal(purpose, bytes.applyAsLong(1), capacity);
                    }
                }
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true; // passed on below
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private IllegalArgumentException refusal(Purpose purpose, long needed, long capacity) {
        return new IllegalArgumentException(purpose.subject + " needs at least " + kibibytes(needed)
                + " of the memory of device " + name + ", which has " + kibibytes(capacity)
                + "; raise --device-memory, " + purpose.cure + "or compute on the cpu");
    }

    /// Rounded up: so much is enough.
    private static String kibibytes(long bytes) {
        long unit = bytes < 1 << 24 ? 10 : 20;
        return (bytes + (1L << unit) - 1 >> unit) + (unit == 10 ? " KiB" : " MiB");
    }

    /// One piece of work on the device, from before its first task to after its last one.
    public final class Use implements AutoCloseable {
        private final Host own = host;
        private final StagesProvider.Place used = place;
        private final int lanes;
        private final long bytes;
        private boolean closed;

        private Use(int lanes, long bytes) {
            this.lanes = lanes;
            this.bytes = bytes;
            users++;
            taken += bytes;
        }

        /// Computes on the device.
        public Host host() {
            return own;
        }

        /// How much may be done at the same time: sections, when it is a proof.
        public int lanes() {
            return lanes;
        }

        /// What a failure of a task says of the device. One that was lost is not used any more from now on.
        public Optional<StagesProvider.Fault> fault(Throwable thrown) {
            Optional<StagesProvider.Fault> fault = used.fault(thrown);
            if (fault.isPresent() && !fault.get().memory()) {
                synchronized (SharedPlace.this) {
                    lost = true;
                }
            }
            return fault;
        }

        /// Gives the share back; a second call does nothing.
        @Override
        public void close() {
            synchronized (SharedPlace.this) {
                if (!closed) {
                    closed = true;
                    users--;
                    taken -= bytes;
                    SharedPlace.this.notifyAll();
                }
            }
        }
    }

    /// Gives the device back; nobody uses it then.
    @Override
    public synchronized void close() {
        lost = true;
        shut();
    }
}
