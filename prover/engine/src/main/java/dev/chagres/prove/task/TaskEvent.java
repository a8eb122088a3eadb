package dev.chagres.prove.task;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// One task, on the thread that ran it.
@Name("chagres.Task")
@Label("Task")
@Category("Chagres")
@Description("A task of a proof")
@StackTrace(false)
final class TaskEvent extends Event {
    @Label("Task")
    final String task;

    @Label("Declared memory")
    @DataAmount
    final long bytes;

    TaskEvent(String task, long bytes) {
        this.task = task;
        this.bytes = bytes;
    }
}
