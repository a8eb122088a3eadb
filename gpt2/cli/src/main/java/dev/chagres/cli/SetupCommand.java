package dev.chagres.cli;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.profile.PhaseRecorder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `setup`: commits the weights of an integer model.
@CommandLine.Command(name = "setup", description = "Commits the weights: writes model.pk and model.vk.")
final class SetupCommand extends Command {
    private static final int MAX_SECURITY_BITS = CommitmentParameters.MAX_TARGET_BITS;

    @Option(names = "--model", required = true, paramLabel = "FILE.cgm", description = "The integer model.")
    private Path model;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the keys.")
    private Path out;

    @Option(names = "--name", paramLabel = "TEXT",
            description = "Name of the model in the keys; default: that of the integer model.")
    private String name;

    @Option(names = "--security", paramLabel = "BITS", defaultValue = "100",
            description = {"What every step of a proof must be worth, 100 to 112 bits; default: ${DEFAULT-VALUE}.",
                "Openings for 110 bits are an eighth larger."})
    private int security;

    @Option(names = "--profile", description = {
        "Also print where the time went: seconds and memory of each phase, and what a device was asked for.",
        "With --json this is always there."})
    private boolean profile;

    @Mixin
    private ThreadOptions threads;

    @Mixin
    private DeviceOptions device;

    @Override
    int run() throws IOException {
        long start = System.nanoTime();
        if (security < ProofSecurity.MINIMUM_BITS || security > MAX_SECURITY_BITS) {
            throw new CommandException("--security takes " + ProofSecurity.MINIMUM_BITS + " to " + MAX_SECURITY_BITS
                    + " bits, not " + security);
        }
        Inputs.regular(model);
        Outputs.folder(out);
        Path pk = out.resolve("model.pk");
        Path vk = out.resolve("model.vk");
        VerifyingKey key;
        String place;
        SetupProfile measured;
        try (Arena arena = Arena.ofShared(); ConsoleProgress progress = progress()) {
            IntegerModel integer = IntegerModelFile.map(model, arena);
            ModelKeySource source = new ModelKeySource(integer, name == null ? integer.name() : name);
            try (Engine engine = threads.engine(
                    device, OneShotKernels.forSetup(source.spec()), progress::warning)) {
                PhaseRecorder recorder = new PhaseRecorder(engine.memory(), engine.meter(), progress);
                key = engine.setup(source, ProofSecurity.choose(source.spec(), security), pk, vk, recorder);
                place = engine.device();
                measured = new SetupProfile(recorder.phases());
            }
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("provingKey", pk.toString());
        result.put("provingKeyBytes", Files.size(pk));
        result.put("verifyingKey", vk.toString());
        result.put("verifyingKeyBytes", Files.size(vk));
        result.put("name", key.name());
        result.put("digest", HexFormat.of().formatHex(key.digest()));
        result.putAll(SecurityFacts.of(key.parameters(), ProofSecurity.longest(key)));
        result.put("device", place);
        result.put("seconds", (System.nanoTime() - start) / 1e9);
        if (json()) {
            result.put("phases", measured.phaseMaps());
        }
        print(result);
        if (profile && !json()) {
            out().print(measured.toText());
            out().flush();
        }
        return OK;
    }
}
