package dev.reroam.cli;

import dev.reroam.config.BadConfigException;
import dev.reroam.config.Config;
import dev.reroam.config.ConfigFile;
import dev.reroam.config.ConfigText;
import dev.reroam.config.LogLevel;
import dev.reroam.host.AgentLock;
import dev.reroam.host.FileReason;
import dev.reroam.host.NetworkNamespace;
import dev.reroam.host.Places;
import dev.reroam.host.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.tinylog.configuration.Configuration;

/** The command line: does what it was told, and says how that went. One use each. */
public final class Cli {

    /** All well. */
    public static final int DONE = 0;
    /** It could not be done. */
    public static final int FAILED = 1;
    /** What was asked for makes no sense: command line or configuration. */
    public static final int REFUSED = 2;

    private final PrintStream out;
    private final PrintStream err;
    private final Runner runner;
    private final Replayer replayer;
    private final Netchecker netchecker;

    /** Runs an agent until it is told to stop; the lock is held meanwhile. */
    public interface Runner {
        /** {@return the exit code} */
        int run(Config config, Places places) throws IOException;
    }

    /** Decides a recorded incident again. */
    public interface Replayer {
        /**
         * {@return the exit code}
         *
         * @param state where incidents are kept
         * @param incident its number, or a file
         */
        int replay(Path state, String incident, PrintStream out, PrintStream err) throws IOException;
    }

    /**
     * What {@code netcheck} was told.
     *
     * @param servers STUN servers, separated by commas; empty: the configured ones
     * @param portal the page that shows a captive portal, or {@code none}; empty: the usual one
     */
    public record NetcheckWish(
            Optional<String> servers, Optional<String> portal, boolean bindingLifetime, boolean json) {}

    /** Looks at the uplinks. */
    public interface Netchecker {
        /** {@return the exit code} */
        int netcheck(Config config, NetcheckWish wish, PrintStream out, PrintStream err) throws IOException;
    }

    /** A command line that prints to these. */
    public Cli(PrintStream out, PrintStream err, Runner runner, Replayer replayer, Netchecker netchecker) {
        this.out = out;
        this.err = err;
        this.runner = runner;
        this.replayer = replayer;
        this.netchecker = netchecker;
    }

    /** {@return the exit code} */
    public int run(String... words) {
        return switch (Arguments.parse(List.of(words))) {
            case Arguments.Version version -> say("reroam " + Version.text());
            case Arguments.Help help ->
                say(help.command()
                        .map(c -> "usage: " + c.usage())
                        .orElseGet(Command::help)
                        .strip());
            case Arguments.Wrong wrong -> {
                err.println("reroam: " + View.printable(wrong.message()));
                err.println(wrong.usage().strip());
                yield REFUSED;
            }
            case Arguments.Invocation invocation -> invoke(invocation);
        };
    }

    private int invoke(Arguments.Invocation invocation) {
        try {
            return switch (invocation.command()) {
                case RUN -> runAgent(invocation);
                case CHECK -> check(invocation);
                case REPLAY ->
                    replayer.replay(
                            places(invocation).state(), invocation.argument().orElseThrow(), out, err);
                case NETCHECK -> netchecker.netcheck(config(invocation), netcheckWish(invocation), out, err);
                case DOCTOR -> new Doctor(Path.of("/"), invocation, out).examine();
                case STATUS, WATCH, EXPLAIN, RECOVER -> new Questions(out, err).ask(invocation);
            };
        } catch (BadConfigException e) {
            e.lines().forEach(err::println);
            return REFUSED;
        } catch (InvalidPathException e) {
            err.println("reroam: '" + View.printable(e.getInput()) + "' cannot be a path in this locale: "
                    + View.printable(e.getReason()));
            return REFUSED;
        } catch (IOException e) {
            err.println("reroam: " + View.printable(FileReason.of(e)));
            return FAILED;
        }
    }

    private static NetcheckWish netcheckWish(Arguments.Invocation invocation) {
        return new NetcheckWish(
                invocation.option(Option.SERVERS),
                invocation.option(Option.PORTAL),
                invocation.option(Option.BINDING_LIFETIME).isPresent(),
                invocation.option(Option.JSON).isPresent());
    }

    private int runAgent(Arguments.Invocation invocation) throws BadConfigException, IOException {
        Config config = config(invocation);
        Optional<LogLevel> log = logLevel(invocation);
        if (invocation.option(Option.LOG).isPresent() && log.isEmpty()) {
            String words = String.join(
                    ", ", Arrays.stream(LogLevel.values()).map(LogLevel::word).toList());
            err.println("reroam: --log must be one of " + words);
            return REFUSED;
        }
        beginLog(log.orElse(config.log()));
        Places places = places(invocation, config);
        places.doubt().ifPresent(doubt -> err.println("reroam: " + doubt));
        return switch (AgentLock.acquire(places.lock())) {
            case AgentLock.Attempt.Taken taken -> {
                err.println("reroam: an agent already runs in this network namespace" + process(taken.pid()));
                yield FAILED;
            }
            case AgentLock.Attempt.Held held -> {
                try {
                    yield runner.run(config, places);
                } finally {
                    held.lock().close();
                }
            }
        };
    }

    /** Before the first entry: what logs reads its configuration once. */
    private static void beginLog(LogLevel level) {
        Configuration.set("level", level.word());
        // The JDK itself logs through its own log: one line each as well, in the same shape, and no stacks.
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tF %1$tT.%1$tL %4$s %5$s%n");
    }

    private static String process(OptionalLong pid) {
        return pid.isPresent() ? ": process " + pid.getAsLong() : "";
    }

    private static Optional<LogLevel> logLevel(Arguments.Invocation invocation) {
        return invocation
                .option(Option.LOG)
                .flatMap(word -> Arrays.stream(LogLevel.values())
                        .filter(level -> level.word().equals(word.toLowerCase(Locale.ROOT)))
                        .findFirst());
    }

    private int check(Arguments.Invocation invocation) throws BadConfigException {
        return say(ConfigText.of(config(invocation)).strip());
    }

    private static Config config(Arguments.Invocation invocation) throws BadConfigException {
        return ConfigFile.load(invocation.option(Option.CONFIG).map(Path::of));
    }

    private static Places places(Arguments.Invocation invocation, Config config) throws IOException {
        Optional<Path> state = path(invocation, Option.STATE).or(config::stateDirectory);
        return Places.of(NetworkNamespace.current(), path(invocation, Option.SOCKET), state);
    }

    /** Where the agent's files are; the configuration is read for it only where the command line does not say. */
    private static Places places(Arguments.Invocation invocation) throws BadConfigException, IOException {
        return places(invocation, invocation.option(Option.STATE).isPresent() ? Config.DEFAULT : config(invocation));
    }

    private static Optional<Path> path(Arguments.Invocation invocation, Option option) {
        return invocation.option(option).map(text -> Path.of(text).toAbsolutePath());
    }

    private int say(String text) {
        out.println(text);
        return DONE;
    }
}
