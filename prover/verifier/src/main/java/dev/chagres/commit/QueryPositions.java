package dev.chagres.commit;

import dev.chagres.transcript.Channel;
import java.util.Arrays;

/// Query positions of one level: drawn with repetition, opened once each in ascending order.
public final class QueryPositions {
    private QueryPositions() {}

    /// Draws the positions of level `level`; the work before the draw is the caller's step.
    public static int[] draw(Channel channel, CommitmentParameters parameters, int level) {
        int[] drawn = channel.positions(OpeningTags.QUERY, parameters.queries(level), parameters.codeBits(level));
        return Arrays.stream(drawn).sorted().distinct().toArray();
    }
}
