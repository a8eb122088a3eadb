package dev.chagres.ffm.embed;

import dev.chagres.prove.profile.Progress;
import java.util.concurrent.CancellationException;

/// Tells a host how far its proof is, and ends the proof when the host wants no more.
///
/// The host's thread has to wake up for every call, so it is told about each phase and then only now and then.
final class HostProgress implements Progress {
    private static final long INTERVAL_NANOS = 20_000_000;

    private final HostSink sink;
    private final Users users;
    private String phase = "";
    private long steps;
    private long done;
    private long told;
    private volatile boolean cancelled;

    /// @param users of the prover: when it is closed, the proof ends
    HostProgress(HostSink sink, Users users) {
        this.sink = sink;
        this.users = users;
    }

    static CancellationException cancellation() {
        return new CancellationException("the proof was cancelled");
    }

    boolean cancelled() {
        return cancelled;
    }

    @Override
    public synchronized void phase(String name, long count) {
        phase = name;
        steps = count;
        done = 0;
        tell(0);
    }

    @Override
    public synchronized void step() {
        done++;
        tellSometimes(done);
    }

    @Override
    public synchronized void within(String what, long part, long parts) {
        tellSometimes(done + (double) part / Math.max(1, parts));
    }

    @Override
    public synchronized void end() {
        tell(steps);
    }

    /// A generated id.
    synchronized void token(int id) {
        end(users.closing() || sink.token(id));
    }

    private void tellSometimes(double now) {
        if (users.closing() || System.nanoTime() - told >= INTERVAL_NANOS) {
            tell(now);
        }
    }

    private void tell(double now) {
        end(users.closing() || sink.progress(phase, steps == 0 ? 0 : Math.min(1, now / steps)));
        told = System.nanoTime();
    }

    private void end(boolean wanted) {
        if (wanted || cancelled) {
            cancelled = true;
            throw cancellation();
        }
    }
}
