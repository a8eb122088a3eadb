package dev.chagres.prove.task;

import java.util.List;

/// Waiting for threads.
public final class Threads {
    private Threads() {}

    /// Waits until all threads have ended, even if the caller is interrupted: they use its memory. The interrupt is passed on afterwards.
    public static void join(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread t : threads) {
            while (t.isAlive()) {
                try {
                    t.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
