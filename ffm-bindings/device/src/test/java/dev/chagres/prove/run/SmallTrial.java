package dev.chagres.prove.run;

import dev.chagres.prove.forgery.TrialGraph;

/// The graph of several sections that the provers' own tests use.
public final class SmallTrial {
    private SmallTrial() {}

    /// Attention, an MLP and a head over two blocks of rows; closed by the caller.
    public static TrialGraph open() {
        return SmallGraph.compile().trial();
    }
}
