package dev.reroam.tests.bench;

import com.google.gson.JsonObject;
import dev.reroam.tests.lab.AgentRemedy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * The machine that was measured on. Immutable.
 *
 * @param cores processors that this JVM may use
 * @param kernel release of the running kernel
 * @param jvm name and version
 * @param flags what the measured agents were started with
 * @param load runnable processes over the last minute, when this was read: others may have been at work
 */
public record Environment(int cores, String processor, String kernel, String jvm, String flags, double load) {

    static Environment read() {
        return new Environment(
                Runtime.getRuntime().availableProcessors(),
                processorName(),
                System.getProperty("os.version", "unknown"),
                System.getProperty("java.vm.name", "?") + " " + System.getProperty("java.vm.version", "?"),
                AgentRemedy.find().map(Environment::flags).orElse("this build has no agent"),
                loadAverage());
    }

    // Without the program itself and without the class path, which say where somebody's checkout is.
    private static String flags(AgentRemedy agent) {
        return agent.java().stream()
                .filter(word ->
                        word.startsWith("-") && !word.equals("-cp") && !word.startsWith("-XX:SharedArchiveFile"))
                .collect(Collectors.joining(" "));
    }

    static double loadAverage() {
        return Double.parseDouble(read("/proc/loadavg").split(" ", 2)[0]);
    }

    private static String processorName() {
        return read("/proc/cpuinfo")
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch", "unknown"));
    }

    private static String read(String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text() {
        return cores + " cores (" + processor + "), Linux " + kernel + ", " + jvm + ", load " + load;
    }

    JsonObject json() {
        var object = new JsonObject();
        object.addProperty("cores", cores);
        object.addProperty("processor", processor);
        object.addProperty("kernel", kernel);
        object.addProperty("jvm", jvm);
        object.addProperty("flags", flags);
        object.addProperty("load", load);
        return object;
    }
}
