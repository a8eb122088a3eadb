package dev.chagres.cli;

import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `verify`: checks proofs and prints what they prove.
@CommandLine.Command(name = "verify", description = {
    "Checks proofs and prints what they prove.",
    "Exit code 0: all are accepted; 1: one is rejected; 2: one cannot be read, and none is rejected."})
final class VerifyCommand extends Command {
    private static final String PROOFS = "*.proof";

    @Option(names = "--vk", required = true, paramLabel = "FILE",
            description = "The verifying key of the model you trust.")
    private Path vk;

    @Parameters(paramLabel = "PROOF", arity = "0..*",
            description = "Proofs, or folders of which all *.proof files are meant. More than one: a line each.")
    private List<Path> proofs = new ArrayList<>();

    @Option(names = "--proof", paramLabel = "FILE", description = "The same as PROOF.")
    private List<Path> named = new ArrayList<>();

    @Mixin
    private Requirements requirements;

    @Option(names = "--ids", description = "Also print the token ids. With --json they are always there.")
    private boolean ids;

    @Option(names = "--security",
            description = "Also print what every step of a single proof is worth. With --json it is always there.")
    private boolean security;

    /// The command for words that need no parser.
    ///
    /// @return empty if they do
    static Optional<VerifyCommand> plain(String[] words, PrintWriter out, PrintWriter err) {
        return VerifyWords.of(words).map(plain -> {
            VerifyCommand command = new VerifyCommand();
            command.standAlone("chagres verify", out, err);
            command.json(plain.has("--json"));
            command.vk = Path.of(plain.value("--vk"));
            command.proofs = plain.proofs().stream().map(Path::of).toList();
            String named = plain.value("--proof");
            command.named = named == null ? List.of() : List.of(Path.of(named));
            command.requirements = new Requirements(plain);
            command.ids = plain.has("--ids");
            command.security = plain.has("--security");
            return command;
        });
    }

    private VerifyingKey key;
    private KeyTexts texts;
    private Requirements.Ready required;
    private Verifier verifier;

    @Override
    int run() throws IOException {
        List<Path> given = new ArrayList<>(named);
        given.addAll(proofs);
        if (given.isEmpty()) {
            throw new CommandException("no proof is given; name files or folders after the options");
        }
        key = VerifyingKey.open(vk);
        texts = new KeyTexts(key);
        required = requirements.of(key, texts);
        verifier = new Verifier(key);
        boolean one = given.size() == 1 && !Files.isDirectory(given.getFirst());
        return one ? single(given.getFirst()) : many(expanded(given));
    }

    private VerifyReport verify(Path proof) throws IOException {
        long start = System.nanoTime();
        Verifier.Reading reading = verifier.read(proof);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new VerifyReport(
                proof, required.check(reading.verdict()), seconds, reading.bytes(), reading.account());
    }

    private int single(Path proof) throws IOException {
        VerifyReport report = verify(proof);
        if (json()) {
            printJson(report.toMap(key, texts, true));
        } else {
            VerifyReport.Detail detail = new VerifyReport.Detail(ids, security, required.digestMatches());
            report.lines(key, texts, detail).forEach(out()::println);
            out().flush();
        }
        return report.verdict().accepted() ? OK : REJECTED;
    }

    /// One line each, as they come.
    private int many(List<Path> files) {
        int rejected = 0;
        int unreadable = 0;
        if (!json()) {
            out().println(VerifyReport.model(key));
        }
        try (ConsoleProgress progress = progress()) {
            progress.phase("verify", files.size());
            for (Path file : files) {
                try {
                    VerifyReport report = verify(file);
                    rejected += report.verdict().accepted() ? 0 : 1;
                    line(report.line(), report.toMap(key, texts, false));
                } catch (IOException e) {
                    unreadable++;
                    String cause = Failures.reason(e);
                    progress.error("chagres verify: " + cause);
                    line("UNREAD    " + Texts.indented(cause, 10), unreadable(file, cause));
                }
                progress.step();
            }
        }
        if (!json()) {
            out().println(files.size() - rejected - unreadable + " accepted, " + rejected + " rejected, " + unreadable
                    + " not read");
            out().println(VerifyReport.trust(required.digestMatches()));
        }
        out().flush();
        return rejected > 0 ? REJECTED : unreadable > 0 ? BAD_INPUT : OK;
    }

    private void line(String text, Map<String, Object> map) {
        if (json()) {
            printJsonLine(map);
        } else {
            out().println(text);
        }
    }

    private static Map<String, Object> unreadable(Path file, String cause) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("proof", file.toString());
        map.put("accepted", false);
        map.put("error", cause);
        return map;
    }

    /// Files as they are, folders as their proofs in the order of their names.
    private static List<Path> expanded(List<Path> given) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : given) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            List<Path> inside = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, PROOFS)) {
                entries.forEach(inside::add);
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            if (inside.isEmpty()) {
                throw new CommandException(path + ": no " + PROOFS + " file in this folder");
            }
            inside.sort(null);
            files.addAll(inside);
        }
        return files;
    }
}
