package dev.chagres.gpt2.cluster;

import dev.chagres.cli.CommandException;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;

/// Connections to a cluster: one for each command, which ends with it.
interface Contexts {
    /// Each command has its own.
    Contexts OWN = new Contexts() {
        @Override
        public JavaSparkContext open(SparkConf conf) {
            return start(conf);
        }

        @Override
        public void close(JavaSparkContext context) {
            context.close();
        }
    };

    /// Executors with these settings.
    ///
    /// @throws CommandException if there is no such cluster
    JavaSparkContext open(SparkConf conf);

    /// The command is done with it.
    void close(JavaSparkContext context);

    /// @throws CommandException if there is no such cluster
    static JavaSparkContext start(SparkConf conf) {
        try {
            return new JavaSparkContext(conf);
        } catch (Exception e) { // Scala declares nothing
            if (e instanceof SparkException) {
                throw new CommandException("--cluster " + conf.get("spark.master") + ": " + firstLine(e), e);
            }
            throw e;
        }
    }

    /// What a failure of Spark says; its messages go on with stack traces.
    static String firstLine(Throwable t) {
        return String.valueOf(t.getMessage()).lines().findFirst().orElse("");
    }
}
