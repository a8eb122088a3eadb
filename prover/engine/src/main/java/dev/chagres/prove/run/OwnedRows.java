package dev.chagres.prove.run;

import dev.chagres.prove.host.ThreadTeam;
import dev.chagres.prove.run.Owners.Part;
import dev.chagres.prove.stage.CommittedRows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Committed rows whose values other machines own: they open the columns; the tree over them is here.
///
/// @param here the tree; its rows cannot be read
/// @param context the coordinator's
/// @param parts ranges with rows of the witness of each owner
record OwnedRows(CommittedRows here, TaskRunner runner, TaskContext context, List<Part> parts)
        implements CommittedRows {
    @Override
    public int rows() {
        return here.rows();
    }

    @Override
    public byte[] root() {
        return here.root();
    }

    @Override
    public byte[] proof(int[] positions) {
        return here.proof(positions);
    }

    /// Asks all owners at the same time.
    @Override
    public int[][] columns(int[] positions) {
        int[][] columns = new int[positions.length][rows()];
        List<FutureTask<Void>> calls = new ArrayList<>();
        for (Part part : parts) {
            FutureTask<Void> call = new FutureTask<>(() -> fill(columns, part, positions), null);
            ThreadTeam.startWaiting("columns at site " + part.site(), call);
            calls.add(call);
        }
        RuntimeException failure = null;
        for (FutureTask<Void> call : calls) {
            try {
                call.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                failure = failure != null ? failure : (RuntimeException) e.getCause(); // the calls declare no other
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return columns;
    }

    /// Every owner fills rows of its own.
    private void fill(int[][] columns, Part part, int[] positions) {
        List<ColumnsTask> tasks = part.items().stream().map(range -> new ColumnsTask(range, positions)).toList();
        List<int[][]> words = runner.run(part.site(), tasks, context);
        for (int i = 0; i < tasks.size(); i++) {
            int count = tasks.get(i).end(context) - tasks.get(i).first();
            for (int p = 0; p < positions.length; p++) {
                System.arraycopy(words.get(i)[p], 0, columns[p], tasks.get(i).first(), count);
            }
        }
    }
}
