package dev.chagres.bench.measure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Rates of C kernels, as `src/main/c/limits.c` prints them: what a compiler that takes intrinsics reaches.
///
/// A file holds one part for each processor: header lines `# cpu: ...`, `# compiler: ...` and `# flags: ...`, then
/// lines of kernel, size, variant, unit, median rate and best rate, separated by tabs. Variant `same` is the algorithm
/// and the layout of the Java kernel; other variants use instructions that the Vector API does not have, or another
/// method.
public final class CLimits {
    /// The variant that is compared with Java.
    public static final String SAME = "same";

    private static final String RESOURCE = "/dev/chagres/bench/c-limits.tsv";
    private static final int COLUMNS = 6;

    /// One measured C kernel; rates in `unit`.
    public record Limit(String kernel, String size, String variant, String unit, double median, double best) {}

    /// The limits of one processor.
    public record Part(String cpu, String compiler, String flags, List<Limit> limits) {
        public Optional<Limit> same(String kernel, String size) {
            return limits.stream().filter(l -> l.kernel.equals(kernel) && l.size.equals(size) && l.variant.equals(SAME))
                    .findFirst();
        }

        /// The fastest variant.
        public Optional<Limit> fastest(String kernel, String size) {
            return limits.stream().filter(l -> l.kernel.equals(kernel) && l.size.equals(size))
                    .max(Comparator.comparingDouble(Limit::best));
        }
    }

    private final List<Part> parts;

    private CLimits(List<Part> parts) {
        this.parts = parts;
    }

    /// The limits recorded in this module.
    public static CLimits recorded() {
        try (InputStream in = CLimits.class.getResourceAsStream(RESOURCE)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    /// @throws IllegalArgumentException naming the line that does not fit
    static CLimits parse(List<String> lines) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("# cpu: ")) {
                parts.add(new Part(header(lines, i, "cpu"), header(lines, i + 1, "compiler"),
                        header(lines, i + 2, "flags"), new ArrayList<>()));
                i += 2;
            } else if (!line.isBlank() && !line.startsWith("#")) {
                if (parts.isEmpty()) {
                    throw new IllegalArgumentException("C limits, line " + (i + 1)
                            + ": a limit before the first processor");
                }
                parts.getLast().limits.add(limit(i + 1, line.split("\t")));
            }
        }
        return new CLimits(parts);
    }

    private static String header(List<String> lines, int i, String name) {
        String start = "# " + name + ": ";
        if (i >= lines.size() || !lines.get(i).startsWith(start)) {
            throw new IllegalArgumentException("C limits, line " + (i + 1) + ": '" + start + "...' expected");
        }
        return lines.get(i).substring(start.length());
    }

    private static Limit limit(int number, String[] f) {
        if (f.length != COLUMNS) {
            throw new IllegalArgumentException("C limits, line " + number + ": " + f.length
                    + " columns instead of " + COLUMNS);
        }
        try {
            return new Limit(f[0], f[1], f[2], f[3], Double.parseDouble(f[4]), Double.parseDouble(f[5]));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("C limits, line " + number + ": a rate is not a number", e);
        }
    }

    public List<Part> parts() {
        return List.copyOf(parts);
    }

    /// The part of a processor, or the first of another one, or none.
    public Optional<Part> of(String cpu) {
        return parts.stream().filter(p -> p.cpu.equals(cpu)).findFirst().or(() -> parts.stream().findFirst());
    }
}
