package dev.chagres.bench.measure;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/// What the compilers of HotSpot are doing.
final class Compilers {
    private static final String OURS = "dev.chagres.";

    private Compilers() {}

    /// Whether code of this project is being compiled or waits for it; false where the JVM does not tell.
    static boolean busy() {
        try {
            Object queue = ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "compilerQueue", new Object[0],
                    new String[0]);
            return String.valueOf(queue).contains(OURS);
        } catch (JMException e) {
            return false; // another JVM
        }
    }
}
