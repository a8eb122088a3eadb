package dev.chagres.gpt2.cluster;

import dev.chagres.cli.CommandException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.BlockManagerId;
import scala.Function1;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/// The executors of a running cluster, and jobs of one task that prefer one of them.
final class Executors {
    /// How long to wait for the first executor.
    private static final Duration FIRST = Duration.ofSeconds(120);
    /// How long to wait for others after the last that came, where nobody says how many there will be, and where
    /// somebody does.
    private static final Duration NEXT = Duration.ofSeconds(3);
    private static final Duration NEXT_EXPECTED = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 50;
    private static final ClassTag<byte[]> BYTES = ClassTag$.MODULE$.apply(byte[].class);

    private final JavaSparkContext context;
    private final boolean local;

    /// @param local whether the driver is the only executor
    Executors(JavaSparkContext context, boolean local) {
        this.context = context;
        this.local = local;
    }

    /// One of them.
    ///
    /// @param id   its name in the cluster
    /// @param host as the scheduler has it
    record Executor(String id, String host) {
        /// As a preferred location of a task.
        String location() {
            return "executor_" + host + "_" + id;
        }
    }

    /// Those that are there now, in the order of their names.
    List<Executor> present() {
        List<Executor> present = new ArrayList<>();
        for (BlockManagerId id : CollectionConverters
                .asJava(context.sc().env().blockManager().master().getMemoryStatus()).keySet()) {
            if (local || !id.isDriver()) {
                present.add(new Executor(id.executorId(), id.host()));
            }
        }
        present.sort(Comparator.comparingInt((Executor e) -> e.id().length()).thenComparing(Executor::id));
        return present;
    }

    /// Waits until so many are there, or no more come.
    ///
    /// @param expected how many will come, 0 if nobody knows
    /// @return at least one
    /// @throws CommandException if none comes
    List<Executor> await(int expected) {
        long begun = System.nanoTime();
        long last = begun;
        int count = 0;
        while (true) {
            List<Executor> present = present();
            if (present.size() > count) {
                count = present.size();
                last = System.nanoTime();
            }
            if (local || expected > 0 && count >= expected
                    || count > 0 && past(last, expected > 0 ? NEXT_EXPECTED : NEXT)) {
                return present;
            }
            if (count == 0 && past(begun, FIRST)) {
                throw new CommandException("--cluster: no executor came within " + FIRST.toSeconds()
                        + " s; are workers running, with the cores and the memory that an executor takes?");
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandException("interrupted", e);
            }
        }
    }

    private static boolean past(long since, Duration duration) {
        return System.nanoTime() - since > duration.toNanos();
    }

    /// Runs one task as a job of its own and waits for its answer. Where the executor is lost, or busy for longer than
    /// the cluster waits for it, another one runs it.
    ///
    /// @param preferred null for any
    /// @throws SparkException if the cluster gives up
    byte[] run(byte[] task, Executor preferred, Function1<Iterator<byte[]>, byte[]> function) throws SparkException {
        Seq<String> where = CollectionConverters
                .asScala(preferred == null ? List.<String>of() : List.of(preferred.location())).toList();
        RDD<byte[]> one = context.sc().makeRDD(
                CollectionConverters.asScala(List.of(new Tuple2<>(task, where))).toList(), BYTES);
        byte[][] answer = new byte[1][];
        try {
            context.sc().runJob(one, function, new AbstractFunction2<Object, byte[], BoxedUnit>() {
                @Override
                public BoxedUnit apply(Object index, byte[] bytes) {
                    answer[0] = bytes;
                    return BoxedUnit.UNIT;
                }
            }, BYTES);
        } catch (Exception e) { // Scala declares nothing
            throw e instanceof SparkException s ? s : new SparkException(String.valueOf(e.getMessage()), e);
        }
        return answer[0];
    }
}
