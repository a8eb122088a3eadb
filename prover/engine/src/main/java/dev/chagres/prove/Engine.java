package dev.chagres.prove;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.MemoryPool;
import dev.chagres.model.ModelSpec;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.cpu.CpuStages;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.Places;
import dev.chagres.prove.host.StagesProvider;
import dev.chagres.prove.host.ThreadTeam;
import dev.chagres.prove.key.KeyData;
import dev.chagres.prove.key.KeyRebuild;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.key.KeySource;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.DeviceMeter;
import dev.chagres.prove.profile.PhaseEvents;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.Binding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/// What proving needs of the machine, and the only state there is: kernels, a pool of large memory with its limit,
/// threads. A process may have several; they share nothing. Safe for use by several threads.
///
/// An engine makes provers; proofs have the same bytes whatever the engine.
public final class Engine implements AutoCloseable {
    private final Host host;
    private final Optional<StagesProvider.Place> place;
    private final Optional<MemoryLimit> limit;

    private Engine(Host host, Optional<StagesProvider.Place> place, Optional<MemoryLimit> limit) {
        this.host = host;
        this.place = place;
        this.limit = limit;
    }

    /// An engine on all processors, without a limit of memory, with the kernels that [Backends#ofProperty()] names.
    public static Engine create() {
        return builder().build();
    }

    /// Settings of a new engine.
    public static Builder builder() {
        return new Builder();
    }

    /// Settings of a new engine.
    public static final class Builder {
        private int threads = Runtime.getRuntime().availableProcessors();
        private Backend kernels;
        private MemoryLimit limit;
        private String device = Places.CPU;
        private OptionalLong deviceBytes = OptionalLong.empty();

        private Builder() {}

        /// @param count threads in all, a caller's included; at least 1, by default the number of processors
        public Builder threads(int count) {
            if (count < 1) {
                throw new IllegalArgumentException(count + " threads");
            }
            this.threads = count;
            return this;
        }

        /// Other kernels than those of [Backends#ofProperty()].
        public Builder kernels(Backend backend) {
            this.kernels = backend;
            return this;
        }

        /// What the whole process may use; see [MemoryLimit#of(String)].
        public Builder memory(String size) {
            return memory(MemoryLimit.of(size));
        }

        /// What the whole process may use.
        public Builder memory(MemoryLimit most) {
            this.limit = most;
            return this;
        }

        /// Where stages of a proof are computed: `cpu`, the default; `auto`, a CUDA device if one opens, else the
        /// processor; `cuda` or `cuda:N`; `emulated`, a device that the processor plays, for tests. Proofs have the
        /// same bytes.
        public Builder device(String name) {
            this.device = name;
            return this;
        }

        /// Memory of the device to take, in all; by default most of what is free there.
        ///
        /// @param bytes at least 1
        public Builder deviceMemory(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException(bytes + " bytes of a device");
            }
            this.deviceBytes = OptionalLong.of(bytes);
            return this;
        }

        /// @throws IllegalStateException if the kernels or the device asked for cannot be used here
        /// @throws IllegalArgumentException if there is no device of that name
        public Engine build() {
            Backend backend = kernels != null ? kernels : Backends.ofProperty();
            Optional<StagesProvider.Place> place = Places.open(device, deviceBytes);
            try {
                return new Engine(new Host(backend, new MemoryPool(), new ThreadTeam(threads), h -> stages(place, h)),
                        place, Optional.ofNullable(limit));
            } catch (RuntimeException | Error e) {
                place.ifPresent(StagesProvider.Place::close);
                throw e;
            }
        }

        private static Stages stages(Optional<StagesProvider.Place> place, Host host) {
            Stages cpu = new CpuStages(host);
            return place.map(p -> p.stages(host, cpu)).orElse(cpu);
        }
    }

    /// A prover for one key; the key stays its owner's and must be open while the prover is used.
    public Prover prover(ProvingKey key) {
        return new Prover(this, key, new PhaseEvents(device(), meter(), Progress.NONE), Binding.NONE);
    }

    /// Greedy inference on integers, without a proof.
    ///
    /// @param spec the model
    /// @param data its integers
    public Generator generator(ModelSpec spec, KeyData data) {
        return new Generator(host, spec, data, Progress.NONE);
    }

    /// The integers of a given sequence, without a proof; closed before the engine.
    ///
    /// @param spec the model
    /// @param data its integers
    /// @param ids one token id a row
    /// @param each called after every section of the model with the number of those that are done
    /// @throws IllegalArgumentException if the sequence does not fit the context or an id is outside the vocabulary
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    public Inference inference(ModelSpec spec, KeyData data, int[] ids, IntConsumer each) {
        generator(spec, data).check(ids, 1);
        return new Inference(host, spec, data, ids, each);
    }

    /// Memory for the values of an [#inference], in bytes; the model's own integers are not counted.
    ///
    /// @param rows of the sequence, at most the context
    public long inferenceBytes(ModelSpec spec, int rows) {
        try (Witness sizes = new Witness(spec.inference(rows).graph(), _ -> null,
                SpillStore.unbounded(host.memory()))) {
            return sizes.bytes();
        }
    }

    /// Makes the keys of a model; see [KeySetup].
    ///
    /// @throws IllegalArgumentException if a bound of the model does not hold
    /// @throws IOException if a file cannot be written; neither key is there then
    public VerifyingKey setup(KeySource model, Path pk, Path vk, Progress listener) throws IOException {
        return KeySetup.write(model, pk, vk, host, listener);
    }

    /// Makes the keys of a model for parameters of [dev.chagres.proof.ProofSecurity#choose], which also serve another
    /// security target.
    public VerifyingKey setup(KeySource model, CommitmentParameters parameters, Path pk, Path vk, Progress listener)
            throws IOException {
        return KeySetup.write(model, parameters, pk, vk, host, listener);
    }

    /// Builds the verifying key of a model without writing files; see [KeyRebuild].
    ///
    /// @param parameters of the key to compare it with
    /// @throws IllegalArgumentException if a bound of the model does not hold, or the model does not fit the parameters
    public VerifyingKey rebuild(KeySource model, CommitmentParameters parameters, Progress listener) {
        return KeyRebuild.of(model, parameters, host, listener);
    }

    /// Name of the kernels, for listings: `scalar`, `vector-512`, ...
    public String kernels() {
        return host.kernels().name();
    }

    /// Where stages of a proof are computed, for listings: `cpu vector-512`, `cuda:0 NVIDIA H100 sm_90`, `emulated`.
    public String device() {
        return host.stages().name();
    }

    /// Counters of the device; of nothing where the processor computes.
    public DeviceMeter meter() {
        return place.map(StagesProvider.Place::meter).orElse(DeviceMeter.NONE);
    }

    /// Threads in all.
    public int threads() {
        return host.threads();
    }

    /// The limit, if there is one.
    public Optional<MemoryLimit> limit() {
        return limit;
    }

    /// The pool of large memory, for its counters.
    public MemoryPool memory() {
        return host.memory();
    }

    /// Kernels, memory and threads as the prover's packages use them.
    public Host host() {
        return host;
    }

    /// Ends the threads and gives the device and free memory back. No proof is being made then.
    @Override
    public void close() {
        host.team().close();
        host.memory().trim();
        place.ifPresent(StagesProvider.Place::close);
    }
}
