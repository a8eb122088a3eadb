package dev.chagres.prove.remote;

import dev.chagres.graph.Graph;
import dev.chagres.model.Circuit;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.run.ClaimBatch;
import dev.chagres.prove.run.GraphProver;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.prove.run.TaskSite;
import dev.chagres.prove.stage.TableCounts;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import dev.chagres.semantics.DomainException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// The machine at the other end of [Sites]: one for each process and proof, made by
/// [dev.chagres.prove.Engine#site]. Everything follows from the key and what was shared. Keeps the tensors that it has
/// made until it is closed. Safe for use by several threads.
public final class RemoteSite implements AutoCloseable {
    private final Witness witness;
    private final MatrixCommitment key;
    private final TaskSite tasks;
    private final Common common = new Common();

    private RemoteSite(Host host, ProvingKey key, MemoryPlan plan, Circuit circuit, SharedProof proof)
            throws IOException {
        VerifyingKey vk = key.verifyingKey();
        Graph graph = circuit.graph();
        long budget = Math.min(plan.whileEvaluating(), plan.whileProving());
        this.key = key.commitment(host);
        this.witness = new Witness(graph, key.of(circuit), new SpillStore(host.memory(), budget, plan.spillFolder()));
        try {
            this.tasks = new TaskSite(host, graph, vk.parameters(), this.key, witness, plan,
                    new GraphProver.Rows(0, circuit.rows().padded(), proof.sequence().inputs()),
                    proof.streams());
        } catch (IOException | RuntimeException | Error e) {
            witness.close();
            this.key.close();
            throw e;
        }
    }

    /// How a site uses its memory.
    @FunctionalInterface
    public interface Plans {
        /// @param sites how many there are
        /// @throws IllegalArgumentException in one line, if a part of a proof of the circuit does not fit
        MemoryPlan of(Circuit circuit, int sites);
    }

    /// A site without tensors.
    ///
    /// @param host computes
    /// @param key of the model; stays its owner's
    /// @param plan for its memory
    /// @param shared data 0 is read
    /// @throws IllegalArgumentException in one line, if another build wrote it, it is about another key, or a
    ///     part of the proof does not fit the memory
    /// @throws IOException if it cannot be had
    public static RemoteSite of(Host host, ProvingKey key, Plans plan, Shared shared)
            throws IOException {
        SharedProof proof = SharedProof.read(shared.get(SharedProof.PROOF), key.verifyingKey());
        Circuit circuit = key.verifyingKey().spec().compile(proof.sequence());
        return new RemoteSite(host, key, plan.of(circuit, proof.sites()), circuit, proof);
    }

    /// Runs a job. What goes wrong in the work itself is an answer, too: it would go wrong again elsewhere, and the
    /// coordinator throws it.
    ///
    /// @param job of [Sites#call]
    /// @param shared asked for what the job names
    /// @return the answer for [Sites#call]
    /// @throws IOException if shared data cannot be had, or files of this machine fail
    public byte[] run(byte[] job, Shared shared) throws IOException {
        try {
            DataInputStream in = Wire.read(job, "the coordinator");
            return Wire.collect(0, out -> {
                Wire.begin(out);
                out.writeBoolean(true);
                tasks.run(in, out, common.with(shared));
            });
        } catch (UncheckedIOException e) {
            throw e.getCause(); // of this machine: another one is asked
        } catch (RuntimeException e) {
            return refusal(e);
        }
    }

    /// An answer that says why this machine runs no job of a proof, for what [#of] throws: the coordinator's proof then
    /// fails with that line, or as a local one does where the run leaves its domain.
    public static byte[] refusal(RuntimeException reason) {
        return Wire.write(out -> {
            out.writeBoolean(false);
            out.writeBoolean(reason instanceof DomainException);
            if (reason instanceof DomainException domain) {
                Wire.text(out, domain.operation());
                out.writeInt(domain.position());
                Wire.text(out, domain.what());
            } else {
                Wire.text(out, reason.getMessage() == null ? reason.toString() : reason.getMessage());
            }
        });
    }

    /// What was shared, read once.
    private final class Common {
        private TableCounts counts;
        private ClaimBatch batch;

        TaskSite.Common with(Shared shared) {
            return new TaskSite.Common() {
                @Override
                public TableCounts counts() throws IOException {
                    synchronized (Common.this) {
                        if (counts == null) {
                            counts = TableCounts.read(read(shared, SharedProof.COUNTS),
                                    tasks.context().graph().tables());
                        }
                        return counts;
                    }
                }

                @Override
                public ClaimBatch batch() throws IOException {
                    synchronized (Common.this) {
                        if (batch == null) {
                            batch = ClaimBatch.read(read(shared, SharedProof.BATCH), tasks.context());
                        }
                        return batch;
                    }
                }
            };
        }

        private static DataInputStream read(Shared shared, int id) throws IOException {
            return Wire.read(shared.get(id), "the coordinator");
        }
    }

    /// Frees the tensors; no job is running.
    @Override
    public void close() {
        tasks.close();
        witness.close();
        key.close();
    }
}
