package dev.chagres.prove;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.graph.Graph;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.MemoryPool;
import dev.chagres.model.Circuit;
import dev.chagres.model.ModelSpec;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.cpu.CpuStages;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.Places;
import dev.chagres.prove.host.SharedPlace;
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
import dev.chagres.prove.remote.RemoteSite;
import dev.chagres.prove.remote.Shared;
import dev.chagres.prove.run.DeviceNeeds;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.Binding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// What proving needs of the machine, and the only state there is: kernels, a pool of large memory with its limit,
/// threads. A process may have several; they share nothing. Safe for use by several threads.
///
/// An engine makes provers; proofs have the same bytes whatever the engine.
public final class Engine implements AutoCloseable {
    private static final int KNOWN_NEEDS = 64;

    /// With the processor's stages.
    private final Host processor;
    private final Optional<SharedPlace> place;
    private final boolean fallsBack;
    private final Optional<MemoryLimit> limit;
    private final Consumer<String> warnings;
    /// Of the sequences that were asked for last: a warm process proves many of one length.
    private final Map<Sizes, DeviceNeeds> needs = new LinkedHashMap<>();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private volatile String computedOn;

    private Engine(Host processor, Optional<SharedPlace> place, Builder settings) {
        this.processor = processor;
        this.place = place;
        this.fallsBack = settings.device.equals(Places.AUTO);
        this.limit = Optional.ofNullable(settings.limit);
        this.warnings = settings.warnings;
        this.computedOn = host().stages().name();
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
        private List<StagesProvider> providers;
        private Consumer<String> warnings = Engine::log;

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
        /// processor, and for proofs that do not fit it, or on which it fails, the processor as well; `cuda` or `cuda:N`;
        /// `emulated`, a device that the processor plays, for tests. Proofs have the same bytes.
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

        /// Where warnings go, one line each, a line once: why a proof was made on the processor after all. By default
        /// the [System.Logger] of this class.
        ///
        /// @param listener called by any thread
        public Builder warnings(Consumer<String> listener) {
            this.warnings = listener;
            return this;
        }

        /// What opens devices instead of the services that are found, for tests.
        Builder providers(List<StagesProvider> all) {
            this.providers = all;
            return this;
        }

        /// @throws IllegalStateException if the kernels or the device asked for cannot be used here
        /// @throws IllegalArgumentException if there is no device of that name
        public Engine build() {
            Backend backend = kernels != null ? kernels : Backends.ofProperty();
            Host processor = new Host(backend, new MemoryPool(), new ThreadTeam(threads), CpuStages::new);
            try {
                return new Engine(processor, place(processor), this);
            } catch (RuntimeException | Error e) {
                processor.team().close();
                throw e;
            }
        }

        private Optional<SharedPlace> place(Host processor) {
            List<StagesProvider> all = providers != null ? providers : Places.providers();
            String name = device;
            OptionalLong bytes = deviceBytes;
            Optional<StagesProvider.Place> first = Places.open(name, bytes, all);
            return first.map(opened -> {
                Deque<StagesProvider.Place> open = new ArrayDeque<>(List.of(opened));
                return new SharedPlace(() -> open.isEmpty() ? again(name, bytes, all) : open.pop(),
                        p -> processor.with(h -> p.stages(h, new CpuStages(h))));
            });
        }

        private static StagesProvider.Place again(String name, OptionalLong bytes, List<StagesProvider> all) {
            return Places.open(name, bytes, all)
                    .orElseThrow(() -> new IllegalStateException("no CUDA device can be opened any more"));
        }
    }

    /// A prover for one key; the key stays its owner's and must be open while the prover is used.
    public Prover prover(ProvingKey key) {
        return new Prover(this, key, new PhaseEvents(device(), meter(), Progress.NONE), Binding.NONE);
    }

    /// A machine for the jobs of one proof that another process makes; closed before the engine.
    ///
    /// @param key stays its owner's and must be open while the site is used
    /// @param shared what the coordinator shares; data 0 is read
    /// @throws IllegalArgumentException in one line, if the coordinator is of another build or has another key, or if
    ///     the memory does not hold the part of a site
    /// @throws IOException if the data cannot be had
    public RemoteSite site(ProvingKey key, Shared shared) throws IOException {
        return RemoteSite.of(processor, key, (circuit, sites) -> sitePlan(key, circuit.graph(), sites), shared);
    }

    /// Greedy inference on integers, without a proof.
    ///
    /// @param spec the model
    /// @param data its integers
    public Generator generator(ModelSpec spec, KeyData data) {
        return new Generator(processor, spec, data, Progress.NONE);
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
        return new Inference(processor, spec, data, ids, each);
    }

    /// Memory for the values of an [#inference], in bytes; the model's own integers are not counted.
    ///
    /// @param rows of the sequence, at most the context
    public long inferenceBytes(ModelSpec spec, int rows) {
        try (Witness sizes = new Witness(spec.inference(rows).graph(), _ -> null,
                SpillStore.unbounded(processor.memory()))) {
            return sizes.bytes();
        }
    }

    /// How a proof uses the memory; sets what the key and the pool may take.
    ///
    /// @param circuit of the sequence, or of one as long; compiled only where there is a limit
    /// @param most sections at a time
    MemoryPlan plan(ProvingKey key, Supplier<Circuit> circuit, int most) {
        return limit.isEmpty() ? unlimited(key, most) : plan(key, bytes -> MemoryPlan.of(
                circuit.get().graph(), key.verifyingKey().parameters(), processor, bytes, most));
    }

    /// The same for a proof whose tensors other machines own: this one generates and keeps the transcript.
    ///
    /// @param graph of the sequence, or of one as long
    /// @param sites that own the tensors
    MemoryPlan coordinatorPlan(ProvingKey key, Graph graph, int sites) {
        CommitmentParameters parameters = key.verifyingKey().parameters();
        MemoryPlan.checkHeapOfCoordinator(graph, parameters, sites, Runtime.getRuntime().maxMemory());
        return plan(key, bytes -> MemoryPlan.ofCoordinator(graph, parameters, processor, bytes));
    }

    private MemoryPlan sitePlan(ProvingKey key, Graph graph, int sites) {
        CommitmentParameters parameters = key.verifyingKey().parameters();
        MemoryPlan.checkHeapOfSite(graph, parameters, Runtime.getRuntime().maxMemory());
        return plan(key, bytes -> MemoryPlan.ofSite(graph, parameters, processor, bytes, sites, threads()));
    }

    /// @param of what a limit means
    private MemoryPlan plan(ProvingKey key, Function<MemoryPlan.Limit, MemoryPlan> of) {
        if (limit.isEmpty()) {
            return unlimited(key, threads());
        }
        MemoryPlan.Limit bytes = new MemoryPlan.Limit(limit.get().bytes(), MemoryLimit.ofMachine(), key.bytes(),
                key.sparedBytes(), limit.get().spillFolder());
        MemoryPlan plan = of.apply(bytes);
        key.spare(plan.sparesKey());
        // Free regions of the pool count as well.
        memory().limit(bytes.free(plan.sparesKey()));
        return plan;
    }

    private static MemoryPlan unlimited(ProvingKey key, int most) {
        key.spare(false);
        return MemoryPlan.unlimited(most);
    }

    /// Makes the keys of a model; see [KeySetup].
    ///
    /// @throws IllegalArgumentException if a bound of the model does not hold, or in one line, if the device has too
    ///     little memory, and the engine does not take the processor then
    /// @throws DeviceFailureException if the device failed, and the engine does not take the processor then
    /// @throws IOException if a file cannot be written; neither key is there then
    public VerifyingKey setup(KeySource model, Path pk, Path vk, Progress listener) throws IOException {
        return setup(model, ProofSecurity.choose(model.spec(), ProofSecurity.MINIMUM_BITS), pk, vk, listener);
    }

    /// Makes the keys of a model for parameters of [ProofSecurity#choose], which also serve another security target.
    public VerifyingKey setup(KeySource model, CommitmentParameters parameters, Path pk, Path vk, Progress listener)
            throws IOException {
        return commit(model, parameters, (host, _, _) ->
                KeySetup.write(model, parameters, pk, vk, host, events(host, listener)));
    }

    /// Builds the verifying key of a model without writing files; see [KeyRebuild].
    ///
    /// @param parameters of the key to compare it with
    /// @throws IllegalArgumentException if a bound of the model does not hold, the model does not fit the parameters, or
    ///     the device has too little memory, and the engine does not take the processor then
    /// @throws DeviceFailureException if the device failed, and the engine does not take the processor then
    public VerifyingKey rebuild(KeySource model, CommitmentParameters parameters, Progress listener) {
        return commit(model, parameters, (host, _, _) ->
                KeyRebuild.of(model, parameters, host, events(host, listener)));
    }

    private <E extends Exception> VerifyingKey commit(KeySource model, CommitmentParameters parameters,
            Placement.Attempt<VerifyingKey, E> attempt) throws E {
        return new Placement(this, SharedPlace.Purpose.KEY).run(memory -> {
            long bytes = KeySetup.deviceBytes(model.spec(), parameters, memory);
            return _ -> bytes;
        }, attempt);
    }

    private Progress events(Host host, Progress listener) {
        return new PhaseEvents(host.stages().name(), meter(), listener);
    }

    /// Name of the kernels, for listings: `scalar`, `vector-512`, ...
    public String kernels() {
        return processor.kernels().name();
    }

    /// Where the stages of the last proof or key were computed, of the next one before the first: `cpu vector-512`,
    /// `cuda:0 NVIDIA H100 sm_90`, `emulated`.
    public String device() {
        return computedOn;
    }

    void computedOn(Host used) {
        computedOn = used.stages().name();
    }

    /// The device, if there is one.
    Optional<SharedPlace> place() {
        return place;
    }

    /// Whether a proof is made on the processor where the device cannot make it.
    boolean fallsBack() {
        return fallsBack;
    }

    /// Computes everything on the processor.
    Host processor() {
        return processor;
    }

    /// What the needs of a proof depend on.
    ///
    /// @param key digest of the verifying key, in hexadecimal
    /// @param ids of the whole sequence, how many
    /// @param prompt how many of them are the prompt
    record Sizes(String key, int ids, int prompt) {}

    /// What a proof takes of the device; computed once for the same sizes, as long as they are among the last ones.
    DeviceNeeds needs(Sizes sizes, Supplier<DeviceNeeds> compute) {
        synchronized (needs) {
            DeviceNeeds known = needs.remove(sizes);
            if (known != null) {
                needs.put(sizes, known);
                return known;
            }
        }
        DeviceNeeds computed = compute.get();
        synchronized (needs) {
            needs.put(sizes, computed);
            if (needs.size() > KNOWN_NEEDS) {
                needs.remove(needs.keySet().iterator().next());
            }
        }
        return computed;
    }

    /// Says in one line why something is made on the processor, once for each reason.
    void warn(String reason) {
        if (warned.add(reason)) {
            warnings.accept(reason);
        }
    }

    private static void log(String line) {
        System.getLogger(Engine.class.getName()).log(System.Logger.Level.WARNING, line);
    }

    /// Counters of the device; of nothing where the processor computes.
    public DeviceMeter meter() {
        return place.map(SharedPlace::meter).orElse(DeviceMeter.NONE);
    }

    /// Threads in all.
    public int threads() {
        return processor.threads();
    }

    /// The limit, if there is one.
    public Optional<MemoryLimit> limit() {
        return limit;
    }

    /// The pool of large memory, for its counters.
    public MemoryPool memory() {
        return processor.memory();
    }

    /// Kernels, memory, threads and the place of the stages as the prover's packages use them.
    ///
    /// @throws IllegalStateException if the device was lost and cannot be opened again
    public Host host() {
        return place.map(SharedPlace::host).orElse(processor);
    }

    /// Ends the threads and gives the device and free memory back. No proof is being made then.
    @Override
    public void close() {
        processor.team().close();
        processor.memory().trim();
        place.ifPresent(SharedPlace::close);
    }
}
