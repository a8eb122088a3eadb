package dev.chagres.prove.run;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Section;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.witness.Witness;
import java.util.ArrayList;
import java.util.List;

/// Which machine owns the tensors of which section: each a run of neighbouring sections with about the same number of
/// lookups, the tables last. Rows belong to the owner of most of their values.
final class Owners {
    private final Graph graph;
    private final AddressSpace space;
    private final Witness witness;
    private final int sites;
    private final int[] ofSection;

    /// @param space of the rows of both matrices
    /// @param witness says which section has a column; its values are not read
    /// @param sites how many; at least 1
    Owners(Graph graph, AddressSpace space, Witness witness, int sites) {
        this.graph = graph;
        this.space = space;
        this.witness = witness;
        this.sites = sites;
        List<Section> sections = graph.sections();
        long[] work = new long[sections.size() + 1];
        for (int i = 0; i < sections.size(); i++) {
            work[i] = sections.get(i).lookups();
        }
        work[sections.size()] = graph.tables().stream().mapToLong(t -> t.multiplicity().shape().size()).sum();
        this.ofSection = neighbours(work, sites);
    }

    private MatrixLayout layout() {
        return space.witness();
    }

    /// Cuts items into runs of about the same work.
    ///
    /// @return the run of each item: from 0, never falling, below `runs`
    static int[] neighbours(long[] work, int runs) {
        double all = 0;
        for (long w : work) {
            all += w;
        }
        int[] run = new int[work.length];
        double before = 0;
        for (int i = 0; i < work.length; i++) {
            run[i] = all == 0 ? 0 : (int) Math.min(runs - 1, runs * (before + work[i] / 2.0) / all);
            before += work[i];
        }
        return run;
    }

    /// What one machine does in a stage.
    ///
    /// @param site that does it
    /// @param items sections or ranges, ascending, at least one
    record Part(int site, List<Integer> items) {}

    /// The sections, the tables not among them.
    List<Part> sections() {
        return parts(ofSection, graph.sections().size());
    }

    /// The sections and, as the last number, the tables.
    List<Part> sectionsAndTables() {
        return parts(ofSection, ofSection.length);
    }

    private List<Part> parts(int[] owners, int count) {
        List<Part> parts = new ArrayList<>();
        for (int site = 0; site < sites; site++) {
            List<Integer> items = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                if (owners[i] == site) {
                    items.add(i);
                }
            }
            if (!items.isEmpty()) {
                parts.add(new Part(site, items));
            }
        }
        return parts;
    }

    /// The owner of most values of a chunk of rows.
    int chunk(int chunk) {
        int first = chunk * RowHasher.CHUNK_ROWS;
        return most(first, Math.min(layout().rows(), first + RowHasher.CHUNK_ROWS));
    }

    /// The ranges of rows of both matrices. Those of the key, which everybody has, go where there are few others.
    List<Part> ranges() {
        int rows = layout().rows();
        int[] owners = new int[new RowRanges(space).count()];
        int[] has = new int[sites];
        for (int i = 0; i < owners.length; i++) {
            int first = i * RowRanges.ROWS;
            owners[i] = first < rows ? most(first, Math.min(rows, first + RowRanges.ROWS)) : least(has);
            has[owners[i]]++;
        }
        return parts(owners, owners.length);
    }

    /// The parts of [#ranges()] that have rows of the witness matrix, and of those only such ranges.
    List<Part> witnessRanges() {
        int end = (layout().rows() + RowRanges.ROWS - 1) / RowRanges.ROWS;
        return ranges().stream().map(p -> new Part(p.site, p.items.stream().filter(i -> i < end).toList()))
                .filter(p -> !p.items.isEmpty()).toList();
    }

    private static int least(int[] has) {
        int least = 0;
        for (int i = 1; i < has.length; i++) {
            least = has[i] < has[least] ? i : least;
        }
        return least;
    }

    private int most(int first, int end) {
        long[] values = new long[sites];
        for (int row = first; row < end; row++) {
            for (Piece piece : layout().row(row)) {
                values[ofSection[witness.section(piece.column())]] += piece.count();
            }
        }
        int most = 0;
        for (int i = 1; i < sites; i++) {
            most = values[i] > values[most] ? i : most;
        }
        return most;
    }
}
