package dev.reroam.tests.lab;

import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The agent as its users run it: a Java process of its own where the tunnel's near end is, found on this JVM's class path,
 * with the flags that the packages ship.
 *
 * @param java the JVM and its flags, up to and including the class path
 * @param configuration its configuration file; nothing for none
 * @param ready what its status must say before it counts as started
 */
public record AgentRemedy(List<String> java, String configuration, Predicate<JsonObject> ready) implements Remedy {

    static final String MAIN = "dev.reroam.Main";
    private static final String COMMAND = "reroam.command";
    private static final String FLAGS = "reroam.flags";
    private static final Duration START = Duration.ofSeconds(20);

    public AgentRemedy {
        java = List.copyOf(java);
    }

    /** Without a configuration. */
    public AgentRemedy(List<String> java) {
        this(java, "", status -> true);
    }

    /** The same with a configuration file. */
    public AgentRemedy configured(String text, Predicate<JsonObject> isReady) {
        return new AgentRemedy(java, text, isReady);
    }

    /**
     * The agent as the launcher would start it ({@code -Dreroam.command=FILE}, a word a line), else that of this class path;
     * empty where there is none.
     */
    public static Optional<AgentRemedy> find() {
        var command = Optional.ofNullable(System.getProperty(COMMAND));
        return command.isPresent()
                ? Optional.of(read(Path.of(command.get())))
                : find(System.getProperty(FLAGS, "-Xmx24m -Djnr.ffi.asm.enabled=false"));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AgentRemedy read(Path command) {
        try {
            return new AgentRemedy(Files.readAllLines(command));
        } catch (IOException e) {
            throw new UncheckedIOException("the launcher's command cannot be read", e);
        }
    }

    /**
     * The agent of this class path; empty where there is none.
     *
     * @param flags for its JVM, separated by blanks
     */
    public static Optional<AgentRemedy> find(String flags) {
        if (main().isEmpty()) {
            return Optional.empty();
        }
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of(flags.strip().split("\\s+")));
        words.addAll(List.of("-cp", classPath()));
        return Optional.of(new AgentRemedy(words));
    }

    /** A class archive is good for jars alone: where the agent is one, as after a build, the folders of tests are left out. */
    private static String classPath() {
        var path = System.getProperty("java.class.path");
        return isJar()
                ? Arrays.stream(path.split(File.pathSeparator, -1))
                        .filter(entry -> Files.isRegularFile(Path.of(entry)))
                        .collect(Collectors.joining(File.pathSeparator))
                : path;
    }

    /** Whether the agent of this class path is a jar, not the folder of a build that has not ended. */
    public static boolean isJar() {
        return main().filter(where -> where.getProtocol().equals("jar")).isPresent();
    }

    private static Optional<URL> main() {
        return Optional.ofNullable(AgentRemedy.class.getClassLoader().getResource(MAIN.replace('.', '/') + ".class"));
    }

    /** What tells a JVM to {@link #find()} the agent of this class path with those flags, separated by blanks. */
    static List<String> telling(String flags) {
        return List.of("-D" + FLAGS + "=" + flags);
    }

    /** What tells a JVM to {@link #find()} the same agent as this one. */
    public static List<String> tellingTheSame() {
        return Stream.of(COMMAND, FLAGS)
                .filter(name -> System.getProperty(name) != null)
                .map(name -> "-D" + name + "=" + System.getProperty(name))
                .toList();
    }

    @Override
    public Running start(Topology net) {
        var belongings = net.belongings();
        Path socket = belongings.scratch("agent.sock");
        var log = net.near().log("agent");
        Path state = belongings.scratchFolder("agent");
        belongings.file(Path.of("/run/reroam/net-" + net.near().inode() + ".lock"));
        var words = new ArrayList<>(java);
        words.addAll(List.of(MAIN, "run", "--socket", socket.toString(), "--state", state.toString()));
        if (!configuration.isEmpty()) {
            var file = belongings.scratch("agent.toml");
            write(file, configuration);
            words.addAll(List.of("--config", file.toString()));
        }
        var process = net.near().start(log.redirect(), words);
        var control = new ControlClient(socket);
        boolean started =
                Pause.until(START, () -> control.status().filter(ready).isPresent() || !process.isAlive());
        if (!started || !process.isAlive()) {
            throw new IllegalStateException("the agent did not start: " + log.text());
        }
        return new Agent(process, control, log);
    }

    /** A running agent, where it speaks HTTP, and where it logs to. */
    private record Agent(Process process, ControlClient control, LogFile logFile) implements Running {

        private static final Duration STOP = Duration.ofSeconds(5);

        @Override
        public List<TimelineEntry> timeline(Moments moments) {
            return control.timeline(moments.shownAt());
        }

        @Override
        public Map<String, String> states() {
            return control.states();
        }

        @Override
        public String log() {
            return logFile.text();
        }

        @Override
        public void close() {
            process.toHandle().destroy();
            Pause.until(STOP, () -> !process.isAlive());
        }
    }
}
