package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.Emulation;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.StagesProvider;
import dev.chagres.prove.stage.Stages;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Emulated devices under the name of real ones, for tests of commands: a service, like the devices of the program. There
/// are none until a test lays them out.
public final class FailingCards implements StagesProvider {
    private static final Deque<Consumer<Device>> CARDS = new ArrayDeque<>();

    /// Called by the service loader.
    public FailingCards() {}

    /// The devices from now on.
    ///
    /// @param losses for each device that is opened, one after another, which kernel or copy fails; 0 for none
    public static synchronized void layOut(long... losses) {
        CARDS.clear();
        for (long loss : losses) {
            CARDS.add(device -> Emulation.loss(device, loss));
        }
    }

    @Override
    public boolean knows(String device) {
        synchronized (FailingCards.class) {
            return device.equals("cuda") && !CARDS.isEmpty();
        }
    }

    @Override
    public Place open(String device, OptionalLong bytes) {
        Consumer<Device> fault;
        synchronized (FailingCards.class) {
            fault = CARDS.removeFirst();
        }
        return new Card(new DeviceProvider().open("emulated", bytes), fault);
    }

    /// An open device that is going to fail.
    private record Card(Place device, Consumer<Device> fault) implements Place {
        @Override
        public String name() {
            return device.name();
        }

        @Override
        public Stages stages(Host host, Stages cpu) {
            Stages stages = device.stages(host, cpu);
            fault.accept(((DeviceStages) stages).site().device());
            return stages;
        }

        @Override
        public Optional<Fault> fault(Throwable thrown) {
            return device.fault(thrown);
        }

        @Override
        public void close() {
            device.close();
        }
    }
}
