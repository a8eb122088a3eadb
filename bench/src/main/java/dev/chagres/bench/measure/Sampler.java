package dev.chagres.bench.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Times a call that does the same work every time.
///
/// It first repeats the call until its speed is stable: until a least time has passed, the medians of four windows in a
/// row differ by less than [#STABLE] and no code is being compiled, or until a limit is reached. Then it takes samples
/// of one to two milliseconds, each of as many calls as fit.
public final class Sampler {
    private static final long BURST_NANOS = 1_500_000;
    private static final double STABLE = 1.05;
    private static final int STABLE_WINDOWS = 4;
    private static final double BEST_QUANTILE = 0.02;
    private static final double FULL_SPEED = 1.25;
    /// Part of the least time that is enough for code that has been warm before.
    private static final int AGAIN = 4;

    private final int samples;
    private final int leastSamples;
    private final long windowNanos;
    private final long leastWarmUpNanos;
    private final long mostWarmUpNanos;
    private final long mostSamplingNanos;

    private Sampler(int samples, int leastSamples, long windowMillis, long leastWarmUpMillis, long mostWarmUpMillis,
            long mostSamplingMillis) {
        this.samples = samples;
        this.leastSamples = leastSamples;
        this.windowNanos = windowMillis * 1_000_000;
        this.leastWarmUpNanos = leastWarmUpMillis * 1_000_000;
        this.mostWarmUpNanos = mostWarmUpMillis * 1_000_000;
        this.mostSamplingNanos = mostSamplingMillis * 1_000_000;
    }

    /// Figures to report: 151 samples where a call is short.
    public static Sampler full() {
        return new Sampler(151, 11, 60, 1000, 8000, 700);
    }

    /// A first impression: 31 samples and a short warm-up.
    public static Sampler quick() {
        return new Sampler(31, 5, 20, 400, 4000, 150);
    }

    /// As few calls as possible, for tests of what surrounds the sampler.
    public static Sampler glance() {
        return new Sampler(3, 3, 0, 0, 0, 0);
    }

    private record Burst(long end, double nanosPerCall) {}

    /// Times `call`.
    ///
    /// @param again whether the same code has been timed before in this process
    public Timing time(Runnable call, boolean again) {
        List<Burst> bursts = new ArrayList<>();
        long start = System.nanoTime();
        int calls = warmUp(call, start, again ? leastWarmUpNanos / AGAIN : leastWarmUpNanos, bursts);
        double[] times = sample(call, calls);
        double median = quantile(times, 0.5);
        long fullSpeed = bursts.stream().filter(b -> b.nanosPerCall <= FULL_SPEED * median).mapToLong(Burst::end)
                .findFirst().orElse(bursts.getLast().end);
        return new Timing(median, quantile(times, BEST_QUANTILE), times.length, calls, (fullSpeed - start) / 1e9);
    }

    /// @return calls of one sample
    private int warmUp(Runnable call, long start, long least, List<Burst> bursts) {
        List<Double> windows = new ArrayList<>();
        int calls = 1;
        long now;
        do {
            List<Double> window = new ArrayList<>();
            long windowStart = System.nanoTime();
            do {
                double nanos = burst(call, calls);
                now = System.nanoTime();
                window.add(nanos);
                bursts.add(new Burst(now, nanos));
                calls = (int) Math.clamp((long) (BURST_NANOS / Math.max(nanos, 1)), 1, 2L * calls);
            } while (now - windowStart < windowNanos);
            windows.add(quantile(window.stream().mapToDouble(d -> d).toArray(), 0.5));
        } while (now - start < mostWarmUpNanos && (now - start < least || !stable(windows) || Compilers.busy()));
        return calls;
    }

    private static boolean stable(List<Double> windows) {
        if (windows.size() < STABLE_WINDOWS) {
            return false;
        }
        double[] last = windows.subList(windows.size() - STABLE_WINDOWS, windows.size()).stream()
                .mapToDouble(d -> d).toArray();
        return Arrays.stream(last).max().orElseThrow() < STABLE * Arrays.stream(last).min().orElseThrow();
    }

    private double[] sample(Runnable call, int calls) {
        double[] times = new double[samples];
        long start = System.nanoTime();
        int n = 0;
        while (n < samples && (n < leastSamples || System.nanoTime() - start < mostSamplingNanos)) {
            times[n++] = burst(call, calls);
        }
        return Arrays.copyOf(times, n);
    }

    private static double burst(Runnable call, int calls) {
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            call.run();
        }
        return (double) (System.nanoTime() - start) / calls;
    }

    private static double quantile(double[] values, double q) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) (q * (sorted.length - 1))];
    }
}
