package dev.chagres.prove.remote;

import dev.chagres.prove.run.ClaimBatch;
import dev.chagres.prove.run.ProofTask;
import dev.chagres.prove.run.TaskCodec;
import dev.chagres.prove.run.TaskContext;
import dev.chagres.prove.run.TaskRunner;
import dev.chagres.prove.run.TaskSite;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.semantics.DomainException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Tasks of one proof on the machines of [Sites]. A site that does not answer is passed over: the next one makes what it
/// needs.
final class RemoteRunner implements TaskRunner {
    private static final String SHARED = "shared";

    private final Sites sites;
    private final Traffic traffic;

    RemoteRunner(Sites sites, Traffic traffic) {
        if (sites.count() < 1) {
            throw new IllegalArgumentException(sites.count() + " sites");
        }
        this.sites = sites;
        this.traffic = traffic;
    }

    @Override
    public int sites() {
        return sites.count();
    }

    /// What reads no tensors has its data with it.
    @Override
    public <R> R run(ProofTask<R> task, TaskContext here) {
        return task.run(here);
    }

    @Override
    public <R> List<R> run(int site, List<? extends ProofTask<R>> tasks, TaskContext here) {
        String name = TaskCodec.name(tasks.getFirst());
        byte[] job = Wire.write(out -> TaskSite.write(out, tasks, here));
        IllegalStateException nobody = null;
        for (int i = 0; i < sites.count(); i++) {
            int asked = (site + i) % sites.count();
            try {
                byte[] answer = sites.call(asked, job);
                traffic.add(name, job.length, answer.length);
                return read(answer, asked, name, tasks, here);
            } catch (IOException e) {
                if (nobody == null) {
                    nobody = new IllegalStateException("no site has answered the task " + name + " of site " + site
                            + ": " + e.getMessage(), e);
                } else {
                    nobody.addSuppressed(e);
                }
            }
        }
        throw nobody;
    }

    private static <R> List<R> read(byte[] answer, int site, String name, List<? extends ProofTask<R>> tasks,
            TaskContext here) throws IOException {
        DataInputStream in = Wire.read(answer, "site " + site);
        if (!in.readBoolean()) {
            if (in.readBoolean()) {
                throw new DomainException(Wire.text(in), in.readInt(), Wire.text(in));
            }
            throw new IllegalStateException("site " + site + ", task " + name + ": " + Wire.text(in));
        }
        List<R> results = new ArrayList<>();
        try {
            for (ProofTask<R> task : tasks) {
                results.add(TaskCodec.readResult(in, task, here));
            }
            if (in.available() > 0) {
                throw new IOException(in.available() + " bytes too many in the answer of site " + site);
            }
            return results;
        } catch (IOException | RuntimeException e) {
            for (R result : results) {
                TaskCodec.close(result);
            }
            throw new IllegalStateException("site " + site + " has answered wrong, task " + name + ": "
                    + e.getMessage(), e);
        }
    }

    void share(int id, byte[] data) {
        try {
            sites.share(id, data);
        } catch (IOException e) {
            throw new UncheckedIOException("the sites cannot be given what they need: " + e.getMessage(), e);
        }
        traffic.add(SHARED, (long) data.length * sites.count(), 0);
    }

    @Override
    public void counted(TableCounts counts, TaskContext here) {
        share(SharedProof.COUNTS, Wire.write(out -> counts.write(out, here.graph().tables())));
    }

    @Override
    public void batched(ClaimBatch batch, TaskContext here) {
        share(SharedProof.BATCH, Wire.write(out -> batch.write(out, here)));
    }
}
