package dev.chagres.bench.e2e;

import dev.chagres.prove.profile.DeviceUse;
import java.util.Map;

/// What was measured while one sequence was proved and verified.
///
/// @param kernels name of the kernels
/// @param device where the stages were computed
/// @param digest of the proof
/// @param tokens rows that the model ran on; fewer than asked for when the model ended its text
/// @param generatedTokens ids that the model chose
/// @param inferenceSeconds generation alone
/// @param proveSeconds from opening the proving key to the encoded proof, inference included; in a fresh process the
///     making of the engine, too
/// @param verifySeconds best of several in the same process
/// @param peakRssBytes largest resident size up to the end of proving, mapped files and memory that the engine keeps from
///     runs before included; 0 when unknown
/// @param phases seconds by phase of `proveSeconds`
/// @param deviceUse what the device was asked for, by those phases that used it
record RunFigures(String kernels, String device, String digest, boolean accepted, int tokens, int generatedTokens,
        double inferenceSeconds, double proveSeconds, double verifySeconds, int proofBytes, long peakRssBytes,
        Map<String, Double> phases, Map<String, DeviceUse> deviceUse) {}
