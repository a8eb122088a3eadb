package dev.chagres.gpt2.cluster;

import dev.chagres.cli.Cluster;
import dev.chagres.cli.CommandException;
import dev.chagres.gpt2.cluster.Executors.Executor;
import dev.chagres.gpt2.cluster.LineTask.Setting;
import dev.chagres.prove.remote.Wire.OtherBuildException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/// Executors as the sites of one proof: a job is a job of Spark with one task, which prefers the owner of the tensors;
/// what is shared is a broadcast. Where an executor is lost, Spark runs its task elsewhere, and whichever executor takes
/// its place makes the tensors again.
final class SparkSites implements Cluster.Machines {
    private final JavaSparkContext context;
    private final Executors executors;
    private final Setting setting;
    private final String build;
    private final Runnable end;
    private final Executor[] owners;
    /// One job at a time for each site: a second one, which finds the owner busy, would be run by another executor.
    private final ReentrantLock[] turns;
    private final TreeMap<Integer, Broadcast<byte[]>> shared = new TreeMap<>();
    /// Names the present proof.
    private long proof;

    /// @param sites one for each executor
    /// @param build as which the driver signs
    /// @param end   of the connection
    SparkSites(JavaSparkContext context, Executors executors, List<Executor> sites, Setting setting, String build,
            Runnable end) {
        this.context = context;
        this.executors = executors;
        this.setting = setting;
        this.build = build;
        this.end = end;
        owners = sites.toArray(Executor[]::new);
        turns = sites.stream().map(_ -> new ReentrantLock()).toArray(ReentrantLock[]::new);
    }

    @Override
    public int count() {
        return owners.length;
    }

    @Override
    public synchronized void share(int id, byte[] data) {
        if (id == 0) { // another proof
            forget();
            proof = ThreadLocalRandom.current().nextLong();
        }
        try {
            shared.put(id, context.broadcast(data));
        } catch (IllegalStateException e) { // it has stopped
            throw new CommandException("the cluster gave up: " + Contexts.firstLine(e), e);
        }
    }

    @Override
    public byte[] call(int site, byte[] job) throws IOException {
        SiteResult result;
        turns[site].lock();
        try {
            SiteFunction function;
            Executor owner;
            SiteTask task;
            synchronized (this) {
                task = new SiteTask(setting, proof, job);
                function = new SiteFunction(new TreeMap<>(shared));
                owner = owner(site);
            }
            result = SiteResult.decode(executors.run(task.encode(build), owner, function));
        } catch (OtherBuildException e) {
            throw new CommandException("an executor " + LookFunction.otherBuild(e.writer(), build), e);
        } catch (SparkException e) {
            throw new CommandException("the cluster gave up: " + Contexts.firstLine(e), e);
        } finally {
            turns[site].unlock();
        }
        if (!result.error().isEmpty()) {
            throw new CommandException(result.where() + " " + result.error());
        }
        return result.answer();
    }

    /// The executor of a site; where it is lost, one that has no site, or else none in particular.
    private Executor owner(int site) {
        List<Executor> present = executors.present();
        if (!present.contains(owners[site])) {
            List<Executor> taken = Arrays.asList(owners);
            present.stream().filter(e -> !taken.contains(e)).findFirst().ifPresent(e -> owners[site] = e);
        }
        return present.contains(owners[site]) ? owners[site] : null;
    }

    @Override
    public void close() {
        forget();
        end.run();
    }

    private synchronized void forget() {
        shared.values().forEach(Broadcast::destroy);
        shared.clear();
    }
}
