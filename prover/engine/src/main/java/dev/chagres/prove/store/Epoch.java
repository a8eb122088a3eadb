package dev.chagres.prove.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// A time in which the values of some memory stay as they are. Whoever owns the memory makes it, hands it out with its
/// tensors (a tensor has it with its values) and ends it before values may change or are given up; what was copied meanwhile is
/// wrong from then on. Addresses say nothing of that: memory is used again.
///
/// Who has made values may keep them where it has made them and leave the memory as it is ([#lend]). They come to
/// the memory when somebody reads them there ([#bring]), at the latest when the epoch ends. Safe for use by several
/// threads.
public final class Epoch {
    /// Hears of the end.
    @FunctionalInterface
    public interface Listener {
        /// Called once, by the thread that ends the epoch, before values change.
        void over(Epoch epoch);
    }

    /// Has values that are not in the memory.
    @FunctionalInterface
    public interface Lender {
        /// Writes them there, and returns when they are; does nothing if they are there. Called from several threads.
        void bring();
    }

    private record Lent(long bytes, Lender lender) {}

    private final List<Listener> listeners = new ArrayList<>();
    private boolean over;
    /// What is not in the memory, by its place; null until something is not.
    private volatile ConcurrentNavigableMap<Long, Lent> lent;

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

    /// Says that somebody else has values of this epoch, before anybody reads them. Places of two lenders do not
    /// overlap.
    ///
    /// @param place of the values in what the epoch is about
    /// @param bytes of them
    public void lend(long place, long bytes, Lender lender) {
        synchronized (this) {
            if (lent == null) {
                lent = new ConcurrentSkipListMap<>();
            }
        }
        lent.put(place, new Lent(bytes, lender));
    }

    /// Has values brought to the memory, unless they are there.
    ///
    /// @param place where they begin
    /// @param bytes of them
    public void bring(long place, long bytes) {
        ConcurrentNavigableMap<Long, Lent> all = lent;
        if (all == null || all.isEmpty()) {
            return;
        }
        Long before = all.floorKey(place);
        for (Map.Entry<Long, Lent> part : all.subMap(before == null ? place : before, place + bytes).entrySet()) {
            if (part.getKey() + part.getValue().bytes > place) {
                part.getValue().lender.bring();
                all.remove(part.getKey(), part.getValue());
            }
        }
    }

    /// Whether values are in the memory.
    ///
    /// @param place where they begin
    /// @param bytes of them
    public boolean here(long place, long bytes) {
        ConcurrentNavigableMap<Long, Lent> all = lent;
        if (all == null || all.isEmpty()) {
            return true;
        }
        Map.Entry<Long, Lent> last = all.lowerEntry(place + bytes);
        return last == null || last.getKey() + last.getValue().bytes <= place;
    }

    /// Ends the epoch; a second call does nothing. All values are in the memory and all listeners have been told when
    /// it returns.
    public void end() {
        bring(0, Long.MAX_VALUE);
        giveUp();
    }

    /// As [#end()], when nobody will read the values: they are not brought.
    public void giveUp() {
        List<Listener> all;
        synchronized (this) {
            over = true;
            all = List.copyOf(listeners);
            listeners.clear();
            lent = null;
        }
        all.forEach(l -> l.over(this));
    }
}
