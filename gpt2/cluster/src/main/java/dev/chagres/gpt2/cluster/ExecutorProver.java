package dev.chagres.gpt2.cluster;

import dev.chagres.gpt2.cluster.LineTask.Setting;
import dev.chagres.kernel.Backends;
import dev.chagres.proof.Proof;
import dev.chagres.prove.Engine;
import dev.chagres.prove.MemoryLimit;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.remote.RemoteSite;
import dev.chagres.prove.remote.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.spark.SparkFiles;

/// The engine and the mapped key of an executor's process: made with its first task, kept for the others, ended with the
/// process or by [#close()].
final class ExecutorProver {
    private static ExecutorProver current;

    private final Setting setting;
    private final Engine engine;
    private final ProvingKey key;
    /// Of the last proof over many executors; null if there was none.
    private RemoteSite site;
    private long proof;

    private ExecutorProver(Setting setting, Engine engine, ProvingKey key) {
        this.setting = setting;
        this.engine = engine;
        this.key = key;
    }

    /// The executor cannot work in this setting.
    static final class SettingException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SettingException(String message) {
            super(message);
        }
    }

    /// Proves a line; one at a time in a process.
    ///
    /// @throws SettingException if the key is not there or another one, or the engine cannot be made
    /// @throws IllegalArgumentException if the line cannot be proved
    /// @throws dev.chagres.semantics.DomainException if the line cannot be proved
    static synchronized Proof prove(LineTask task) {
        use(task.setting());
        return current.engine.prover(current.key).bind(task.line().binding())
                .generateAndProve(task.line().prompt(), task.line().generate(), _ -> { });
    }

    /// Runs a job of a proof over many executors; one at a time in a process. The tensors that it makes are kept until a
    /// job of another proof comes.
    ///
    /// @param shared what the coordinator has shared
    /// @return the answer for the coordinator
    /// @throws SettingException if the key is not there or another one, or there can be no site
    /// @throws IOException if shared data cannot be had
    static synchronized byte[] run(SiteTask task, Shared shared) throws IOException {
        use(task.setting());
        return current.site(task.proof(), shared).run(task.job(), shared);
    }

    private RemoteSite site(long number, Shared shared) throws IOException {
        if (site != null && number != proof) {
            closeSite();
        }
        if (site == null) {
            try {
                site = engine.site(key, shared);
                proof = number;
            } catch (IllegalArgumentException e) {
                throw new SettingException("takes no part in the proof: " + e.getMessage());
            }
        }
        return site;
    }

    private void closeSite() {
        if (site != null) {
            site.close();
            site = null;
        }
    }

    private static void use(Setting setting) {
        if (current == null || !same(current.setting, setting)) {
            close();
            current = open(setting);
        }
    }

    /// Ends the engine and unmaps the key, where this process goes on.
    static synchronized void close() {
        if (current != null) {
            current.closeSite();
            current.engine.close();
            current.key.close();
            current = null;
        }
    }

    private static ExecutorProver open(Setting setting) {
        Path file = Path.of(setting.keySent() ? SparkFiles.get(setting.keyFile()) : setting.keyFile());
        if (!Files.isReadable(file)) {
            throw new SettingException("does not see the proving key " + file
                    + "; put it where all machines see it, or send it with --send-key");
        }
        ProvingKey key;
        try {
            key = ProvingKey.open(file);
        } catch (FileFormatException e) {
            throw new SettingException("cannot use the proving key: " + e.getMessage());
        }
        try {
            byte[] digest = key.verifyingKey().digest();
            if (!Arrays.equals(digest, setting.keyDigest())) {
                throw new SettingException("sees another key as " + file + ": " + HexFormat.of().formatHex(digest)
                        + ", not " + HexFormat.of().formatHex(setting.keyDigest()) + "; give all machines the same file");
            }
            return new ExecutorProver(setting, engine(setting), key);
        } catch (RuntimeException | Error e) {
            key.close();
            throw e;
        }
    }

    private static Engine engine(Setting setting) {
        Engine.Builder builder = Engine.builder().threads(setting.threads()).kernels(Backends.ofProperty())
                .device(setting.device());
        if (setting.memoryBytes() > 0) {
            MemoryLimit limit = new MemoryLimit(setting.memoryBytes(),
                    Path.of(setting.spill().isEmpty() ? System.getProperty("java.io.tmpdir") : setting.spill()));
            builder.memory(limit);
        }
        try {
            return builder.build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new SettingException("cannot prove: " + e.getMessage());
        }
    }

    /// Whether one engine serves both; where proofs go does not matter.
    private static boolean same(Setting a, Setting b) {
        return a.keyFile().equals(b.keyFile()) && a.keySent() == b.keySent()
                && Arrays.equals(a.keyDigest(), b.keyDigest()) && a.threads() == b.threads()
                && a.memoryBytes() == b.memoryBytes() && a.spill().equals(b.spill()) && a.device().equals(b.device());
    }
}
