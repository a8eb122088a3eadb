package dev.chagres.prove;

import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.SharedPlace;
import dev.chagres.prove.host.SharedPlace.Purpose;
import dev.chagres.prove.host.StagesProvider;
import dev.chagres.prove.stage.StageMemory;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.IntToLongFunction;

/// Does a piece of work on the device of an engine, if there is one: in a share of its memory that is known before, with
/// less at a time where there is less, and on the processor where the device cannot do it and the engine falls back.
///
/// @param engine whose device and processor it takes
/// @param purpose of the work
record Placement(Engine engine, Purpose purpose) {
    /// One attempt.
    ///
    /// @param <T> what it makes
    /// @param <E> how it fails beside the device
    interface Attempt<T, E extends Exception> {
        /// @param host to compute on
        /// @param lanes how much may be done at a time, at least 1
        /// @param device the share that is used; empty on the processor
        T run(Host host, int lanes, Optional<SharedPlace.Use> device) throws E;
    }

    /// @param needs bytes that a number of lanes takes together, growing with it, for what stages say that they take
    /// @throws IllegalArgumentException in one line, if the device has too little memory
    /// @throws DeviceFailureException in one line, if the device failed
    <T, E extends Exception> T run(Function<StageMemory, IntToLongFunction> needs, Attempt<T, E> attempt) throws E {
        int most = engine.threads();
        while (true) {
            Optional<SharedPlace.Use> device = device(needs, most);
            if (device.isEmpty()) {
                break;
            }
            SharedPlace.Use use = device.get();
            try (use) {
                T made = attempt(attempt, use);
                engine.computedOn(use.host());
                return made;
            } catch (DeviceFailureException e) {
                if (e.memory() && use.lanes() > 1) {
                    most = 1; // its memory was in pieces: one after another leaves none
                } else {
                    refused(e, e);
                    break;
                }
            }
        }
        T made = attempt.run(engine.processor(), engine.threads(), Optional.empty());
        engine.computedOn(engine.processor());
        return made;
    }

    private <T, E extends Exception> T attempt(Attempt<T, E> attempt, SharedPlace.Use use) throws E {
        try {
            return attempt.run(use.host(), use.lanes(), Optional.of(use));
        } catch (CancellationException e) {
            use.fault(e); // a device that was lost besides is not used again
            throw e;
        } catch (RuntimeException | AssertionError e) {
            Optional<StagesProvider.Fault> fault = use.fault(e);
            if (fault.isPresent()) {
                throw failure(fault.get(), e);
            }
            throw e;
        }
    }

    /// A share of the device; empty without one, and where the engine takes the processor instead.
    private Optional<SharedPlace.Use> device(Function<StageMemory, IntToLongFunction> needs, int most) {
        if (engine.place().isEmpty()) {
            return Optional.empty();
        }
        SharedPlace place = engine.place().get();
        try {
            IntToLongFunction bytes = place.memory().<IntToLongFunction>map(memory -> {
                IntToLongFunction taken = needs.apply(memory);
                return lanes -> memory.room(taken.applyAsLong(lanes));
            }).orElse(_ -> 0);
            return Optional.of(place.use(purpose, most, bytes));
        } catch (IllegalArgumentException e) {
            return refused(e, e);
        } catch (IllegalStateException e) {
            return refused(e, new DeviceFailureException(e.getMessage(), false, e));
        }
    }

    private Optional<SharedPlace.Use> refused(RuntimeException reason, RuntimeException failure) {
        if (!engine.fallsBack()) {
            throw failure;
        }
        engine.warn(purpose.doing() + " on the cpu: " + reason.getMessage());
        return Optional.empty();
    }

    private DeviceFailureException failure(StagesProvider.Fault fault, Throwable cause) {
        String name = engine.place().orElseThrow().name();
        String cure = fault.memory() ? "give it more with --device-memory, use fewer threads, or compute on the cpu"
                : "try again, or compute on the cpu, which gives the same " + purpose.result();
        return new DeviceFailureException("device " + name + " failed: " + fault.cause() + "; " + cure, fault.memory(),
                cause);
    }
}
