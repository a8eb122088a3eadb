package dev.chagres.cli;

import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.remote.Sites;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// Works on other machines; found as a service, which the module `chagres-cluster` has. Nothing that it answers is
/// believed: whoever receives a proof verifies it.
public interface Cluster {
    /// A cluster.
    ///
    /// @param url      names it
    /// @param settings of the cluster, its own names and values
    /// @param threads  of an executor, if said
    record Place(String url, Map<String, String> settings, OptionalInt threads) {}

    /// Lines to prove.
    ///
    /// @param place    that proves
    /// @param key      of all proofs, open here
    /// @param sendsKey whether the key is sent; else its file is where all machines see it
    /// @param out      folder of the proofs
    /// @param returns  whether proofs are sent back; else all machines see the folder
    /// @param memory   as of the option `--memory`, of an executor in all; null for what the longest line needs
    /// @param spill    folder of executors for what does not fit; null for their temporary folder
    /// @param device   as of the option `--device`, of executors
    /// @param engine   of this process, for sizes
    /// @param lines    to prove
    record Request(Place place, ProvingKey key, boolean sendsKey, Path out, boolean returns, String memory, Path spill,
            String device, Engine engine, List<BatchLine> lines) {
        public VerifyingKey verifyingKey() {
            return key.verifyingKey();
        }
    }

    /// Takes what comes back, line by line in the order in which lines are done, called by the thread that called
    /// [Cluster#prove].
    interface Results {
        /// An executor made a proof.
        ///
        /// @param proof   its bytes, which may be wrong
        /// @param seconds of inference and proof
        /// @param where   names executor and attempt
        void proved(BatchLine line, byte[] proof, double seconds, String where) throws IOException;

        /// A file with the name of the proof was there when its turn came.
        void present(BatchLine line) throws IOException;

        /// A line cannot be proved.
        void failed(BatchLine line, String error);

        /// Something that happened to the cluster.
        void note(String what);

        /// Executors are there and the first line begins.
        default void begun() {}

        /// Bytes that went there and came back, for all lines.
        ///
        /// @param tasks that were answered
        /// @param down  bytes of the tasks
        /// @param up    bytes of the answers
        default void traffic(int tasks, long down, long up) {}
    }

    /// Proves all lines; each is answered once, unless an exception ends the batch.
    ///
    /// @throws CommandException if the cluster cannot do it as it is
    void prove(Request request, Results results) throws IOException;

    /// One proof to make.
    ///
    /// @param place    that proves
    /// @param key      open here
    /// @param sendsKey whether the key is sent; else its file is where all machines see it
    /// @param memory   as of the option `--memory`, of an executor in all; null for what its part needs
    /// @param spill    folder of executors for what does not fit; null for their temporary folder
    /// @param engine   of this process, for sizes
    /// @param prompt   token ids
    /// @param generate number of tokens to generate
    record ProofRequest(Place place, ProvingKey key, boolean sendsKey, String memory, Path spill, Engine engine,
            int[] prompt, int generate) {}

    /// Executors for proofs of one sequence, one after another: data 0 begins the next one.
    interface Machines extends Sites, AutoCloseable {
        @Override
        void close();
    }

    /// Starts executors for one proof, for [dev.chagres.prove.Prover#over]: the sections are cut into as many runs as
    /// there are executors.
    ///
    /// @param notes told what happens to the cluster, by any thread
    /// @throws CommandException if the cluster cannot do it as it is, as also what is returned may throw
    Machines machines(ProofRequest request, Consumer<String> notes);

    /// Asks every executor what it has.
    ///
    /// @param key proving key that executors should see, null for none
    /// @return one for each executor, also for those that did not answer
    /// @throws CommandException if there is no such cluster, or no executor
    List<ExecutorFacts> look(Place place, Path key) throws IOException;
}
