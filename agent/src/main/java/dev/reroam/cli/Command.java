package dev.reroam.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the program can be told to do. */
enum Command {
    RUN("run the agent in the foreground", "", Option.CONFIG, Option.SOCKET, Option.STATE, Option.LOG),
    STATUS("say how every tunnel is", "", Option.JSON, Option.SOCKET),
    WATCH("the same, then say what happens as it happens", "", Option.SOCKET),
    EXPLAIN("say why tunnels go the way they go", "[TUNNEL]", Option.SOCKET),
    RECOVER("recover tunnels now", "[TUNNEL]", Option.SOCKET),
    NETCHECK(
            "say what can be done over each uplink, and what its NAT does",
            "",
            Option.JSON,
            Option.BINDING_LIFETIME,
            Option.SERVERS,
            Option.PORTAL,
            Option.CONFIG),
    REPLAY("decide a recorded incident again, and compare", "INCIDENT", Option.STATE),
    CHECK("print the effective configuration, or what is wrong with it", "", Option.CONFIG),
    DOCTOR("say what this machine offers and what is missing", "", Option.CONFIG, Option.SOCKET);

    /** These need the sources, so only the launcher of a checkout has them. */
    private static final List<String> OF_THE_CHECKOUT = List.of("demo", "test", "bench");

    private final String purpose;
    private final String argument;
    private final List<Option> options;

    Command(String purpose, String argument, Option... options) {
        this.purpose = purpose;
        this.argument = argument;
        this.options = List.of(options);
    }

    static Optional<Command> of(String word) {
        return Arrays.stream(values()).filter(c -> c.word().equals(word)).findFirst();
    }

    static boolean ofTheCheckout(String word) {
        return OF_THE_CHECKOUT.contains(word);
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Command::word).toList();
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    List<Option> options() {
        return options;
    }

    boolean takesArgument() {
        return !argument.isEmpty();
    }

    boolean needsArgument() {
        return takesArgument() && !argument.startsWith("[");
    }

    /** {@code reroam explain [TUNNEL] [--socket PATH]}. */
    String usage() {
        return "reroam " + word() + (takesArgument() ? " " + argument : "")
                + options.stream().map(o -> " [" + o.usage() + "]").collect(Collectors.joining());
    }

    /** What there is, on one line. */
    static String overview() {
        return "usage: reroam " + String.join("|", words()) + " ...; reroam --help says more";
    }

    /** What the whole program takes. */
    static String help() {
        var text = new StringBuilder("Keeps WireGuard tunnels carrying traffic when the WAN changes.\n\nusage:\n");
        for (Command command : values()) {
            text.append("  ").append(command.usage()).append("\n      ");
            text.append(command.purpose).append('\n');
        }
        text.append("  reroam --version | --help\n\n");
        text.append(
                "TUNNEL is a device (wg0), a device and the start of a peer's key (wg0/AbCd), or the first eight\n");
        text.append("or more characters of a key. From a checkout there are also ./reroam demo, test and bench.\n");
        return text.toString();
    }
}
