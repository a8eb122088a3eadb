package dev.chagres.prove.run;

import dev.chagres.prove.commit.RowRanges;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/// Words of queried columns of the witness matrix, from the rows of a range that are encoded once more
/// ([dev.chagres.prove.stage.RowHasher#columns]).
///
/// @param range number of a range with rows of the witness matrix
/// @param positions of the columns, ascending
record ColumnsTask(int range, int[] positions) implements PassTask<int[][]> {
    /// @return by position, then by row of the range
    @Override
    public int[][] run(TaskContext site) {
        return site.hasher().columns(first(), end(site), positions);
    }

    int first() {
        return range * RowRanges.ROWS;
    }

    int end(TaskContext site) {
        return Math.min(site.layout().rows(), first() + RowRanges.ROWS);
    }

    @Override
    public List<Integer> ranges() {
        return List.of(range);
    }

    @Override
    public void write(DataOutput out, TaskContext site) throws IOException {
        out.writeInt(range);
        TaskCodec.write(out, positions);
    }
}
