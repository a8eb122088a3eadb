package dev.chagres.ffm.embed;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Passes lines of the library on to a function of the host while an engine is open. Nothing is printed.
final class HostLog extends Handler {
    /// Kept here: the logging system forgets loggers that nobody knows.
    private static final Logger LIBRARY = Logger.getLogger("dev.chagres");

    static {
        LIBRARY.setUseParentHandlers(false);
        LIBRARY.setLevel(Level.FINE);
    }

    private final Host host;
    private final MemorySegment function;
    private final MemorySegment user;
    private boolean closed;

    private HostLog(Host host, MemorySegment function, MemorySegment user) {
        this.host = host;
        this.function = function;
        this.user = user;
        setFormatter(new SimpleFormatter());
    }

    /// Begins to pass lines on.
    ///
    /// @param function null pointer: lines are dropped
    static HostLog open(Host host, MemorySegment function, MemorySegment user) {
        HostLog log = new HostLog(host, function, user);
        if (function.address() != 0) {
            LIBRARY.addHandler(log);
        }
        return log;
    }

    @Override
    public synchronized void publish(LogRecord line) {
        if (closed) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            String text = getFormatter().formatMessage(line).replaceAll("\\s*\\R\\s*", " ");
            host.log(function, user, level(line.getLevel()), arena.allocateFrom(text));
        }
    }

    /// `enum chagres_level` of the header.
    private static int level(Level level) {
        int value = level.intValue();
        return value >= Level.SEVERE.intValue() ? 3 : value >= Level.WARNING.intValue() ? 2
                : value >= Level.INFO.intValue() ? 1 : 0;
    }

    @Override
    public void flush() {}

    /// No line is passed on after this.
    @Override
    public void close() {
        LIBRARY.removeHandler(this);
        synchronized (this) {
            closed = true;
        }
    }
}
