package dev.chagres.ffm.embed;

/// Who uses an object that others may close: closing refuses new users and waits until the old ones have left.
final class Users {
    private final String what;
    private int count;
    private volatile boolean closing;

    /// @param what the object is called
    Users(String what) {
        this.what = what;
    }

    /// @throws ClosedException if the object is being closed
    synchronized void enter() {
        if (closing) {
            throw new ClosedException(what);
        }
        count++;
    }

    synchronized void leave() {
        count--;
        notifyAll();
    }

    /// Whether users should come to an end.
    boolean closing() {
        return closing;
    }

    /// Refuses new users and waits for the others.
    ///
    /// @return whether this is the first call
    synchronized boolean close() throws InterruptedException {
        boolean first = !closing;
        closing = true;
        while (count > 0) {
            wait();
        }
        return first;
    }
}
