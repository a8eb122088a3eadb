package dev.chagres.cli;

import dev.chagres.cli.BatchResult.Status;
import java.io.PrintWriter;

/// Says what becomes of the lines of a batch: each line as it is done or all at the end, as the form wants it.
final class BatchReport {
    /// How results are printed.
    enum Form {
        /// A table, at the end or row by row, and a summary.
        TABLE,
        /// One object at the end.
        JSON,
        /// An object a line.
        JSON_LINES
    }

    private final String command;
    private final String source;
    private final Form form;
    private final boolean streaming;
    private final PrintWriter out;
    private final PrintWriter err;
    private final BatchRecord record;

    /// @param command that reports
    /// @param source  of the lines, for errors
    /// @param streaming whether lines come one by one, perhaps without end
    BatchReport(String command, String source, Form form, boolean streaming, PrintWriter out, PrintWriter err) {
        this.command = command;
        this.source = source;
        this.form = form;
        this.streaming = streaming;
        this.out = out;
        this.err = err;
        record = new BatchRecord(form == Form.JSON || form == Form.TABLE && !streaming);
    }

    /// Before the first line.
    void begin() {
        if (form == Form.TABLE && streaming) {
            out.println(BatchResult.head());
            out.flush();
        }
    }

    /// A line is done.
    void add(BatchResult result) {
        record.add(result);
        if (form == Form.JSON_LINES) {
            out.println(JsonResult.line(command, result.toMap()));
            out.flush();
        } else if (form == Form.TABLE && streaming) {
            out.println(result.row());
            out.flush();
        }
    }

    /// A line has failed; the cause is shown at once.
    ///
    /// @param id null if the line could not be read so far
    BatchResult fail(int number, String id, RuntimeException e, ConsoleProgress progress) {
        String error = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        progress.error(source + ":" + number + ": " + error);
        BatchResult result = BatchResult.failed(number, id, error);
        add(result);
        return result;
    }

    /// After the last line.
    ///
    /// @return whether no line has failed
    boolean end() {
        switch (form) {
            case JSON -> out.println(JsonResult.pretty(command, record.toMap()));
            case JSON_LINES -> err.println(record.summary());
            case TABLE -> {
                if (!streaming) {
                    out.print(record.table());
                }
                out.println(record.summary());
            }
        }
        out.flush();
        err.flush();
        return record.count(Status.FAILED) == 0;
    }
}
