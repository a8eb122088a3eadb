package dev.chagres.gpt2.forgery;

import java.io.IOException;
import java.nio.file.Path;

/// Models that the lies of [AcceptedLies] are about.
enum Subject {
    /// Learned positions; heads of 5 channels and a width of 20: padded channels everywhere.
    LEARNED {
        @Override
        CheatingProver prover(Path folder) throws IOException {
            return new CheatingProver(folder, "1x4x20x20x32", 4);
        }
    },
    /// Rotated positions, shared heads of keys, gated MLPs, wide writes.
    ROTATED {
        @Override
        CheatingProver prover(Path folder) throws IOException {
            return CheatingProver.rotary(folder, 11);
        }
    },
    /// The same with more than 1024 channels.
    WIDE {
        @Override
        CheatingProver prover(Path folder) throws IOException {
            return CheatingProver.wide(folder, 6);
        }
    };

    /// @param folder for its key
    abstract CheatingProver prover(Path folder) throws IOException;
}
