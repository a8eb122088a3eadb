package dev.chagres.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Columns of the terminal. People change the size of windows, so `stty` is asked again every few seconds; nobody waits
/// for its answer, the next call sees it. For one thread.
final class TerminalWidth implements IntSupplier {
    static final int DEFAULT = 80;

    private static final long REFRESH_NANOS = 2_000_000_000L;
    private static final Pattern SIZE = Pattern.compile("\\d+ ([1-9]\\d{0,4})\\s*");

    private int columns = first();
    private long asked = System.nanoTime();
    private Process question;
    private boolean unable;

    private static int first() {
        Integer told = Integer.getInteger("chagres.columns");
        if (told != null && told > 0) {
            return told;
        }
        String variable = System.getenv("COLUMNS");
        return variable != null && variable.matches("[1-9]\\d{0,4}") ? Integer.parseInt(variable) : DEFAULT;
    }

    @Override
    public int getAsInt() {
        if (question != null && !question.isAlive()) {
            answer();
        } else if (question == null && !unable && System.nanoTime() - asked > REFRESH_NANOS) {
            ask();
        }
        return columns;
    }

    private void ask() {
        asked = System.nanoTime();
        try {
            question = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            unable = true; // no such program or terminal here: the width stays what it was at the start
        }
    }

    private void answer() {
        try (var reader = question.inputReader(StandardCharsets.US_ASCII)) {
            Matcher size = SIZE.matcher(String.valueOf(reader.readLine()));
            if (size.matches()) {
                columns = Integer.parseInt(size.group(1));
            }
        } catch (IOException e) {
            unable = true;
        }
        question = null;
    }
}
