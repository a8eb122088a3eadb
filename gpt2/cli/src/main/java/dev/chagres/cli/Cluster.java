package dev.chagres.cli;

import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Proves lines of a batch on other machines; found as a service, which the module `chagres-cluster` has. Nothing that it
/// answers is believed: whoever receives a proof verifies it.
public interface Cluster {
    /// What is wanted.
    ///
    /// @param url      of the cluster
    /// @param settings of the cluster, its own names and values
    /// @param key      of all proofs, open here
    /// @param sendsKey whether the key is sent; else its file is where all machines see it
    /// @param out      folder of the proofs
    /// @param returns  whether proofs are sent back; else all machines see the folder
    /// @param threads  of an executor, if said
    /// @param memory   as of the option `--memory`, of an executor in all; null for what the longest line needs
    /// @param spill    folder of executors for what does not fit; null for their temporary folder
    /// @param device   as of the option `--device`, of executors
    /// @param engine   of this process, for sizes
    /// @param lines    to prove
    record Request(String url, Map<String, String> settings, ProvingKey key, boolean sendsKey, Path out,
            boolean returns, OptionalInt threads, String memory, Path spill, String device, Engine engine,
            List<BatchLine> lines) {
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
    }

    /// Proves all lines; each is answered once, unless an exception ends the batch.
    ///
    /// @throws CommandException if the cluster cannot do it as it is
    void prove(Request request, Results results) throws IOException;
}
