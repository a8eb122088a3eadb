package dev.chagres.gpt2.cluster;

import dev.chagres.cli.BatchLine;
import dev.chagres.cli.Cluster;
import dev.chagres.cli.CommandException;
import dev.chagres.cli.ExecutorFacts;
import dev.chagres.gpt2.cluster.LineTask.Setting;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.prove.remote.Wire;
import dev.chagres.prove.remote.Wire.OtherBuildException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/// A batch as one job of Spark, a task for each line, longest first; one proof as a job for each of its jobs
/// ([SparkSites]); a look at executors as a job for each. Placement, retry and speculation are
/// Spark's; results of lines are taken one by one as tasks end.
public final class SparkCluster implements Cluster {
    /// A cold process needs longer for its first proof; fewer lines than this hardly pay for it.
    private static final int FEW_LINES = 5;

    private final LineFunction function;
    private final String build;
    private final Contexts contexts;

    /// For [java.util.ServiceLoader].
    public SparkCluster() {
        this(new LineFunction(), Wire.build(), Contexts.OWN);
    }

    /// @param function what executors do with lines
    /// @param build    as which the driver signs
    SparkCluster(LineFunction function, String build, Contexts contexts) {
        this.function = function;
        this.build = build;
        this.contexts = contexts;
    }

    /// What the job tells the thread that waits for it.
    private sealed interface Event {
        /// A task has ended.
        record Answer(int index, byte[] bytes) implements Event {}

        /// The job has.
        ///
        /// @param failure null if all tasks were answered
        record End(Throwable failure) implements Event {}

        /// Something for the user.
        record Note(String text) implements Event {}

        /// The first task begins.
        record Begun() implements Event {}
    }

    @Override
    public void prove(Request request, Results results) throws IOException {
        SparkSettings settings = new SparkSettings(request.place());
        ExecutorMemory memory = ExecutorMemory.of(request, settings.threads(), results);
        if (memory.fits().isEmpty()) {
            return;
        }
        SparkConf conf = settings.ofBatch(memory);
        Setting setting = setting(request, settings.threads(), memory);
        if (!setting.returned()) {
            mark(setting);
        }
        JavaSparkContext context = contexts.open(conf);
        try {
            if (request.sendsKey()) {
                context.addFile(request.key().file().toAbsolutePath().toString());
            }
            new Job(context, setting, memory.fits(), results).run();
        } finally {
            contexts.close(context);
            if (settings.local()) {
                ExecutorProver.close();
            }
            if (!setting.returned()) {
                unmark(setting, memory.fits());
            }
        }
    }

    @Override
    public List<ExecutorFacts> look(Place place, Path key) throws IOException {
        SparkSettings settings = new SparkSettings(place);
        JavaSparkContext context = contexts.open(settings.ofLook());
        try {
            return new ClusterLook(new Executors(context, settings.local()), new LookFunction(), build)
                    .all(settings.executors(), key);
        } finally {
            contexts.close(context);
        }
    }

    @Override
    public Machines machines(ProofRequest request, Consumer<String> notes) {
        SparkSettings settings = new SparkSettings(request.place());
        int expected = settings.executors();
        ExecutorMemory memory = ExecutorMemory.of(request, settings, Math.max(1, expected));
        JavaSparkContext context = contexts.open(settings.ofProof(memory));
        Runnable end = () -> {
            contexts.close(context);
            if (settings.local()) {
                ExecutorProver.close();
            }
        };
        try {
            context.sc().addSparkListener(new LostExecutors(notes));
            if (request.sendsKey()) {
                context.addFile(request.key().file().toAbsolutePath().toString());
            }
            Executors executors = new Executors(context, settings.local());
            List<Executors.Executor> present = executors.await(expected);
            if (present.size() < expected) {
                memory.checkPart(request, settings, present.size());
            }
            return new SparkSites(context, executors, present, setting(request, settings.threads(), memory), build,
                    end);
        } catch (RuntimeException | Error e) {
            end.run();
            throw e;
        }
    }

    private static Setting setting(ProofRequest request, int threads, ExecutorMemory memory) {
        Path key = request.key().file();
        return new Setting(request.sendsKey() ? key.getFileName().toString() : key.toAbsolutePath().toString(),
                request.sendsKey(), request.key().verifyingKey().digest(), "", "", threads, memory.bytes(),
                request.spill() == null ? "" : request.spill().toString(), "cpu");
    }

    /// Tells of executors that go.
    private static final class LostExecutors extends SparkListener {
        private final Consumer<String> notes;

        LostExecutors(Consumer<String> notes) {
            this.notes = notes;
        }

        @Override
        public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
            notes.accept("executor " + removed.executorId() + " is lost ("
                    + removed.reason().lines().findFirst().orElse("") + "); what it had is made again");
        }
    }

    private static Setting setting(Request request, int threads, ExecutorMemory memory) {
        Path key = request.key().file();
        return new Setting(request.sendsKey() ? key.getFileName().toString() : key.toAbsolutePath().toString(),
                request.sendsKey(), request.verifyingKey().digest(), request.returns() ? "" : request.out().toString(),
                HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()), threads,
                memory.limited() ? memory.bytes() : 0, request.spill() == null ? "" : request.spill().toString(),
                request.device());
    }

    private static void mark(Setting setting) throws IOException {
        Path unseen = Path.of(setting.out(), Setting.UNSEEN);
        Files.createDirectories(unseen);
        WholeFile.removeStale(unseen, _ -> true);
        WholeFile.write(unseen.resolve(Setting.MARK), setting.mark().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /// Leaves proofs that nobody has looked at for the next run.
    private static void unmark(Setting setting, List<BatchLine> lines) throws IOException {
        Path folder = Path.of(setting.out());
        Path unseen = folder.resolve(Setting.UNSEEN);
        for (BatchLine line : lines) { // a copy of a line may have been proved twice
            if (Files.exists(folder.resolve(line.id() + ".proof"))) {
                Files.deleteIfExists(unseen.resolve(line.id() + ".proof"));
            }
        }
        Files.deleteIfExists(unseen.resolve(Setting.MARK));
        WholeFile.removeStale(unseen, _ -> true);
        try (var left = Files.list(unseen)) {
            if (left.findAny().isPresent()) {
                return;
            }
        }
        Files.deleteIfExists(unseen);
    }

    /// One run of Spark.
    private final class Job {
        private final JavaSparkContext context;
        private final Setting setting;
        private final List<BatchLine> lines;
        private final Results results;
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private final LongAdder down = new LongAdder();
        private final LongAdder up = new LongAdder();
        private int left;

        Job(JavaSparkContext context, Setting setting, List<BatchLine> lines, Results results) {
            this.context = context;
            this.setting = setting;
            this.lines = lines;
            this.results = results;
            left = lines.size();
        }

        void run() throws IOException {
            context.sc().addSparkListener(new Watch());
            Thread job = Thread.ofPlatform().name("chagres-cluster").daemon().start(this::submit);
            try {
                while (handle(events.take())) {
                    // the next one
                }
                results.traffic(lines.size() - left, down.sum(), up.sum());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandException("interrupted", e);
            } finally {
                if (!context.sc().isStopped()) {
                    context.sc().cancelAllJobs();
                }
                join(job);
            }
        }

        private static void join(Thread job) {
            try {
                job.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void submit() {
            try {
                List<byte[]> encoded = lines.stream().map(line -> new LineTask(setting, line).encode(build)).toList();
                encoded.forEach(task -> down.add(task.length));
                JavaRDD<byte[]> tasks = context.parallelize(encoded, lines.size());
                ClassTag<byte[]> bytes = ClassTag$.MODULE$.apply(byte[].class);
                context.sc().runJob(tasks.rdd(), function, new AbstractFunction2<Object, byte[], BoxedUnit>() {
                    @Override
                    public BoxedUnit apply(Object index, byte[] answer) {
                        up.add(answer.length);
                        events.add(new Event.Answer((Integer) index, answer));
                        return BoxedUnit.UNIT;
                    }
                }, bytes);
                events.add(new Event.End(null));
            } catch (Throwable t) { // the other thread says what it means
                events.add(new Event.End(t));
            }
        }

        /// @return whether there is more to come
        private boolean handle(Event event) throws IOException {
            switch (event) {
                case Event.Note note -> results.note(note.text());
                case Event.Begun _ -> results.begun();
                case Event.Answer answer -> handle(lines.get(answer.index()), answer.bytes());
                case Event.End end -> {
                    if (end.failure() != null) {
                        throw failure(end.failure());
                    }
                    return false;
                }
            }
            return true;
        }

        private void handle(BatchLine line, byte[] bytes) throws IOException {
            left--;
            LineResult result;
            try {
                result = LineResult.decode(bytes);
            } catch (OtherBuildException e) {
                throw new CommandException("an executor runs chagres " + e.writer() + ", this is "
                        + Wire.build() + "; give all machines the same jars", e);
            }
            switch (result.kind()) {
                case PROVED -> proved(line, result);
                case PRESENT -> results.present(line);
                case LINE_ERROR -> results.failed(line, result.text());
                case SETTING_ERROR -> throw new CommandException(result.where() + " " + result.text());
            }
        }

        private void proved(BatchLine line, LineResult result) throws IOException {
            String where = result.where() + (result.attempt() == 0 ? "" : ", attempt " + (result.attempt() + 1));
            if (setting.returned()) {
                results.proved(line, result.proof(), result.seconds(), where);
                return;
            }
            Path unseen = Path.of(setting.out(), Setting.UNSEEN, line.id() + ".proof");
            if (!Files.exists(unseen)) {
                results.present(line); // of another batch in the same folder, which took it
                return;
            }
            results.proved(line, Files.readAllBytes(unseen), result.seconds(), where);
            Files.deleteIfExists(unseen);
        }

        /// What ended the job. Tasks answer what is wrong with their lines; this is the cluster or a fault.
        private RuntimeException failure(Throwable t) {
            if (t instanceof SparkException) {
                return new CommandException("the cluster gave up with " + left + " of " + lines.size()
                        + " lines left; run the same command to go on: " + Contexts.firstLine(t), t);
            }
            return new IllegalStateException(t);
        }

        /// Tells of executors that come and go.
        private final class Watch extends SparkListener {
            private int executors;
            private boolean warned;
            private boolean begun;

            @Override
            public void onTaskStart(SparkListenerTaskStart start) {
                if (!begun) {
                    begun = true;
                    events.add(new Event.Begun());
                }
            }

            @Override
            public void onExecutorAdded(SparkListenerExecutorAdded added) {
                executors++;
                if (!warned && executors > 1 && lines.size() < FEW_LINES * executors) {
                    warned = true;
                    events.add(new Event.Note("fewer than " + FEW_LINES + " lines for each executor: most of the time"
                            + " goes into first proofs, which take longer"));
                }
            }

            @Override
            public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
                executors--;
                events.add(new Event.Note("executor " + removed.executorId() + " is lost ("
                        + removed.reason().lines().findFirst().orElse("") + "); what it had begun is proved again"));
            }
        }
    }
}
