package dev.chagres.prove;

import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.remote.RemoteSite;
import dev.chagres.prove.remote.Shared;
import dev.chagres.prove.remote.Sites;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/// Machines in this process that share nothing with the coordinator, or with each other, but the key's file and bytes:
/// each has an engine, a view of the key, and the tensors that it makes.
final class SitesHere implements Sites, AutoCloseable {
    private final List<Machine> machines = new ArrayList<>();
    private final Map<Integer, byte[]> shared = new ConcurrentHashMap<>();
    private Fault fault = (site, job) -> { };
    private Answer answers = (_, _, answer) -> answer;

    /// What happens to a machine before it gets a job.
    interface Fault {
        void before(int site, byte[] job) throws IOException;
    }

    /// What a machine answers instead.
    interface Answer {
        byte[] of(int site, byte[] job, byte[] answer);
    }

    private static final class Machine implements AutoCloseable {
        private final Engine engine;
        private final ProvingKey key;
        /// Held for writing while the site ends.
        private final ReadWriteLock jobs = new ReentrantReadWriteLock();
        private RemoteSite site;

        Machine(Path pk, Engine engine) {
            this.engine = engine;
            key = ProvingKey.open(pk);
        }

        byte[] run(byte[] job, Shared shared) throws IOException {
            jobs.readLock().lock();
            try {
                return site(shared).run(job, shared);
            } catch (IllegalArgumentException e) {
                return RemoteSite.refusal(e);
            } finally {
                jobs.readLock().unlock();
            }
        }

        private synchronized RemoteSite site(Shared shared) throws IOException {
            if (site == null) {
                site = engine.site(key, shared);
            }
            return site;
        }

        void forget() {
            jobs.writeLock().lock();
            try {
                if (site != null) {
                    site.close();
                    site = null;
                }
            } finally {
                jobs.writeLock().unlock();
            }
        }

        @Override
        public void close() {
            forget();
            key.close();
            engine.close();
        }
    }

    SitesHere(Path pk, int count, int threads) {
        this(pk, count, () -> Engine.builder().threads(threads).build());
    }

    SitesHere(Path pk, int count, Supplier<Engine> engine) {
        for (int i = 0; i < count; i++) {
            machines.add(new Machine(pk, engine.get()));
        }
    }

    SitesHere with(Fault before) {
        fault = before;
        return this;
    }

    SitesHere answering(Answer instead) {
        answers = instead;
        return this;
    }

    /// All that a machine has made is gone.
    void forget(int site) {
        machines.get(site).forget();
    }

    /// Most bytes of large memory that a machine has held.
    long peak() {
        return machines.stream().mapToLong(m -> m.engine.memory().peak()).max().orElseThrow();
    }

    @Override
    public int count() {
        return machines.size();
    }

    @Override
    public void share(int id, byte[] data) {
        if (shared.putIfAbsent(id, data.clone()) != null) {
            throw new IllegalStateException("data " + id + " is shared twice");
        }
    }

    @Override
    public byte[] call(int site, byte[] job) throws IOException {
        fault.before(site, job);
        return answers.of(site, job, machines.get(site).run(job.clone(), id -> shared.get(id).clone()));
    }

    @Override
    public void close() {
        machines.forEach(Machine::close);
    }
}
