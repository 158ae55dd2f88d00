package dev.reroam.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Where the agents of one namespace keep their files, one after another: each {@link #start} finds what the one before left.
 * Used by one thread. Everything is removed with the belongings of the network.
 */
public final class AgentHome {

    private static final Duration START = Duration.ofSeconds(40);

    private final Namespace namespace;
    private final List<String> java;
    private final Path socket;
    private final Path log;
    private final Path state;
    private final Path config;
    private final Path lock;

    /**
     * @param suffix tells this home from another one in the same experiment
     * @param agent whose JVM and class path are used
     */
    public AgentHome(Topology net, Namespace namespace, String suffix, AgentRemedy agent) {
        var belongings = net.belongings();
        this.namespace = namespace;
        this.java = agent.java();
        this.socket = belongings.scratch(suffix + ".sock");
        this.log = belongings.scratch(suffix + ".log");
        this.config = belongings.scratch(suffix + ".toml");
        this.state = belongings.scratchFolder(suffix);
        this.lock = Path.of("/run/reroam/net-" + namespace.inode() + ".lock");
        belongings.file(lock);
    }

    /** The control socket. */
    public Path socket() {
        return socket;
    }

    /** What the agents have said, all of them. */
    public String log() {
        return read(log);
    }

    /** Ledger and incidents. */
    public Path state() {
        return state;
    }

    /** What keeps a second agent out. */
    public Path lock() {
        return lock;
    }

    /** The configuration file of the agents to come; without it they have none of their own. */
    public void configure(String text) {
        try {
            Files.writeString(config, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives everything here to a user, as a package does that runs the agent as its own: folders, and the lock. */
    public void handTo(int user) {
        Command.script(Template.fill(
                        "touch %1$s; chown %4$d %1$s %2$s; touch %3$s; chown %4$d %3$s", lock, state, log, user))
                .run();
    }

    /** The words that start an agent here; put others before them to take privileges away. */
    public List<String> words() {
        var words = new ArrayList<>(java);
        words.addAll(List.of("dev.reroam.Main", "run", "--socket", socket.toString(), "--state", state.toString()));
        if (Files.exists(config)) {
            words.addAll(List.of("--config", config.toString()));
        }
        return words;
    }

    /** Starts an agent, without waiting for it. */
    public Process launch(String... before) {
        var words = new ArrayList<>(List.of(before));
        words.addAll(words());
        return namespace.start(Redirect.appendTo(log.toFile()), words);
    }

    /** Starts an agent and waits until it answers. */
    public Process start(String... before) {
        var process = launch(before);
        boolean answers = until(START, () -> !process.isAlive() || status().contains("\"version\""));
        if (!answers || !process.isAlive()) {
            throw new IllegalStateException("the agent did not start: " + log());
        }
        return process;
    }

    /** What {@code /api/v1/status} says; empty while nobody answers. */
    public String status() {
        return ask("status");
    }

    /** What {@code /api/v1/}{@code resource} says, with its HTTP header; empty while nobody answers. */
    public String ask(String resource) {
        if (!Files.exists(socket)) {
            return "";
        }
        var request = "GET /api/v1/" + resource + " HTTP/1.1\r\nHost: reroam\r\nConnection: close\r\n\r\n";
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException nobody) {
            return "";
        }
    }

    /** Waits until the status answers {@code wish}; says what it was instead. */
    public String awaitStatus(Duration limit, Predicate<String> wish) {
        if (!until(limit, () -> wish.test(status()))) {
            throw new IllegalStateException("not so within " + limit + ": " + status() + "\n" + log());
        }
        return status();
    }

    /** Waits for something of this machine, looking every 5 ms; false where it did not come. */
    public static boolean until(Duration limit, BooleanSupplier condition) {
        return Pause.until(limit, condition);
    }

    /** The numbers of a process's threads whose name begins so. */
    public static List<Long> threads(long pid, String name) {
        try (var tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return tasks.filter(task -> read(task.resolve("comm")).startsWith(name))
                    .map(task -> Long.parseLong(task.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }
}
