package dev.chagres.gpt2.cluster;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/// Several commands on the same executors, with the settings of the first; a process has one connection at a time.
final class SharedContext implements Contexts, AutoCloseable {
    private JavaSparkContext shared;

    @Override
    public JavaSparkContext open(SparkConf conf) {
        if (shared == null) {
            shared = Contexts.start(conf);
        }
        return shared;
    }

    @Override
    public void close(JavaSparkContext context) {
        // the next command goes on with it
    }

    @Override
    public void close() {
        if (shared != null) {
            shared.close();
            shared = null;
        }
    }
}
