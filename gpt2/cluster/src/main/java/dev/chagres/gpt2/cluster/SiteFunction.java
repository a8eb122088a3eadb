package dev.chagres.gpt2.cluster;

import dev.chagres.gpt2.cluster.ExecutorProver.SettingException;
import dev.chagres.prove.remote.Wire;
import dev.chagres.prove.remote.Wire.OtherBuildException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.TreeMap;
import org.apache.spark.broadcast.Broadcast;
import scala.Function1;
import scala.collection.Iterator;

/// Runs a job of a proof in an executor. It carries the handles of what the coordinator has shared so far; the data come
/// when they are asked for, once to each executor.
class SiteFunction implements Function1<Iterator<byte[]>, byte[]>, Serializable {
    private static final long serialVersionUID = 1L;
    private static final byte[] NOTHING = {};

    private final TreeMap<Integer, Broadcast<byte[]>> shared;

    SiteFunction(TreeMap<Integer, Broadcast<byte[]>> shared) {
        this.shared = shared;
    }

    @Override
    public byte[] apply(Iterator<byte[]> tasks) {
        return answer(tasks.next()).encode();
    }

    /// @throws UncheckedIOException if data cannot be read: Spark tries again, perhaps elsewhere
    private SiteResult answer(byte[] bytes) {
        String where = LineFunction.where();
        try {
            return new SiteResult(where, "", ExecutorProver.run(SiteTask.decode(bytes), this::data));
        } catch (OtherBuildException e) {
            return new SiteResult(where, LookFunction.otherBuild(Wire.build(), e.writer()), NOTHING);
        } catch (SettingException e) {
            return new SiteResult(where, e.getMessage(), NOTHING);
        } catch (IOException e) {
            throw new UncheckedIOException(where + ": " + e.getMessage(), e);
        }
    }

    private byte[] data(int id) throws IOException {
        Broadcast<byte[]> handle = shared.get(id);
        if (handle == null) {
            throw new IOException("the job names data " + id + ", which was not shared before it was sent");
        }
        return handle.value();
    }
}
