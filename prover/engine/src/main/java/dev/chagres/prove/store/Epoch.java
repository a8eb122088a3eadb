package dev.chagres.prove.store;

import java.util.ArrayList;
import java.util.List;

/// A time in which the values of some memory stay as they are. Whoever owns the memory makes it, hands it out with its
/// tensors (a tensor has it with its values) and ends it before values may change or are given up; what was copied meanwhile is
/// wrong from then on. Addresses say nothing of that: memory is used again. Safe for use by several threads.
public final class Epoch {
    /// Hears of the end.
    @FunctionalInterface
    public interface Listener {
        /// Called once, by the thread that ends the epoch, before values change.
        void over(Epoch epoch);
    }

    private final List<Listener> listeners = new ArrayList<>();
    private boolean over;

    /// A time that begins.
    public Epoch() {}

    /// Lets somebody know of the end.
    ///
    /// @return false if the epoch is over already; then nobody is told
    public synchronized boolean tell(Listener listener) {
        if (over) {
            return false;
        }
        if (!listeners.contains(listener)) {
            listeners.add(listener);
        }
        return true;
    }

    /// Takes a listener back.
    public synchronized void forget(Listener listener) {
        listeners.remove(listener);
    }

    /// Ends the epoch; a second call does nothing. All listeners have been told when it returns.
    public void end() {
        List<Listener> all;
        synchronized (this) {
            over = true;
            all = List.copyOf(listeners);
            listeners.clear();
        }
        all.forEach(l -> l.over(this));
    }
}
