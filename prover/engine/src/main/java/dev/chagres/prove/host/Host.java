package dev.chagres.prove.host;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.MemoryPool;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.stage.Stages;
import java.util.function.Function;

/// The processor and the memory that a computation may use: kernels, a pool of large memory, and as many threads of a
/// [ThreadTeam] as it was given. A light handle; the engine owns what it stands for.
///
/// Results must not depend on which thread runs a task; sums over threads are exact field sums, so they do not.
public final class Host {
    /// Elements of the shortest part of a range that another thread is asked to take. An element costs 2 to 40
    /// nanoseconds, so a part takes 16 microseconds or more; handing it over is estimated at one microsecond where the
    /// other thread spins, at some tens where it sleeps.
    static final long LEAST_PART = 1 << 13;

    private final Backend kernels;
    private final MemoryPool memory;
    private final ThreadTeam team;
    private final int threads;
    private final Function<Host, Stages> maker;
    private final Stages stages;

    private Host(Backend kernels, MemoryPool memory, ThreadTeam team, int threads, Function<Host, Stages> maker) {
        this.kernels = kernels;
        this.memory = memory;
        this.team = team;
        this.threads = threads;
        this.maker = maker;
        this.stages = maker.apply(this);
    }

    /// All threads of a team.
    ///
    /// @param maker of the stages that provers on a host use, once for each number of threads; they get a host that is
    ///     complete but for [#stages()]
    public Host(Backend kernels, MemoryPool memory, ThreadTeam team, Function<Host, Stages> maker) {
        this(kernels, memory, team, team.threads(), maker);
    }

    /// The same kernels, memory and threads with other stages.
    public Host with(Function<Host, Stages> other) {
        return new Host(kernels, memory, team, threads, other);
    }

    /// Where provers on this host compute.
    public Stages stages() {
        return stages;
    }

    public Backend kernels() {
        return kernels;
    }

    /// The field kernels of [#kernels()].
    public FieldKernels field() {
        return kernels.field();
    }

    public MemoryPool memory() {
        return memory;
    }

    /// A new owner of memory.
    public MemoryScope scope() {
        return memory.scope();
    }

    public ThreadTeam team() {
        return team;
    }

    /// Most threads that run tasks of one call, the caller's included.
    public int threads() {
        return threads;
    }

    /// Runs tasks 0 .. tasks - 1 and waits for all of them; the caller takes part, idle threads help.
    ///
    /// @throws RuntimeException what a task has thrown; of several, that of the task with the smallest number
    public void run(int tasks, ThreadTeam.Task task) {
        team.run(tasks, threads, task);
    }

    /// A task over elements [from, to).
    public interface RangeTask {
        void run(int part, long from, long to);
    }

    /// Number of parts into which [#ranges(long, RangeTask)] cuts `n` elements: as many as there are threads, but none
    /// shorter than [#LEAST_PART] elements. Everything shorter than two such parts is done by its caller at once.
    public int parts(long n) {
        return Math.clamp(n / LEAST_PART, 1, threads);
    }

    /// Cuts [0, n) into `parts(n)` ranges that start at multiples of 16.
    public void ranges(long n, RangeTask task) {
        int parts = parts(n);
        run(parts, (worker, i) -> task.run(i, bound(n, i, parts), bound(n, i + 1, parts)));
    }

    private static long bound(long n, int i, int parts) {
        return i == parts ? n : n * i / parts & -16L;
    }
}
