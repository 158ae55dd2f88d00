package dev.reroam.cli;

import dev.reroam.host.NetworkNamespace;
import dev.reroam.host.Places;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The commands that a running agent answers. */
final class Questions {

    private static final String ROOT = "/api/v1/";

    private static final String NOTHING_AWAKE =
            "nothing to recover: no tunnel showed life lately; one that sleeps is woken where its key is named";

    private final PrintStream out;
    private final PrintStream err;

    Questions(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** {@return the exit code} */
    int ask(Arguments.Invocation invocation) throws IOException {
        Optional<Path> socket = socket(invocation);
        if (socket.isEmpty()) {
            return Cli.FAILED;
        }
        var client = new AgentClient(socket.get());
        try {
            return switch (invocation.command()) {
                case STATUS -> status(client, invocation.option(Option.JSON).isPresent());
                case WATCH -> watch(client);
                case EXPLAIN -> explain(client, invocation.argument());
                case RECOVER -> recover(client, invocation.argument());
                case RUN, REPLAY, CHECK, DOCTOR, NETCHECK ->
                    throw new IllegalArgumentException("no question: " + invocation);
            };
        } catch (ConnectException e) {
            err.println("reroam: no agent is running: nobody listens on " + socket.get());
            return Cli.FAILED;
        }
    }

    /** The socket to ask on; where there is none, that was said. */
    private Optional<Path> socket(Arguments.Invocation invocation) throws IOException {
        Optional<Path> named = invocation.option(Option.SOCKET).map(Path::of);
        List<Path> candidates = named.isPresent() ? List.of(named.get()) : Places.sockets(NetworkNamespace.current());
        Optional<Path> found = candidates.stream().filter(Files::exists).findFirst();
        if (found.isEmpty()) {
            String looked = candidates.stream().map(Path::toString).collect(Collectors.joining(" and no "));
            err.println("reroam: no agent is running here: no " + looked + " (start one: reroam run)");
            if (named.isEmpty()) {
                Places.of(NetworkNamespace.current(), Optional.empty(), Optional.empty())
                        .doubt()
                        .ifPresent(doubt -> err.println("reroam: " + doubt));
            }
        } else if (!Files.isWritable(found.get())) {
            err.println("reroam: no permission to use " + found.get() + " (try as root)");
            return Optional.empty();
        }
        return found;
    }

    private int status(AgentClient client, boolean json) throws IOException {
        var reply = client.ask("GET", ROOT + "status");
        if (reply.code() != 200) {
            return refused(reply);
        }
        out.print(json ? reply.body() + "\n" : StatusText.of(View.parse(reply.body())));
        return Cli.DONE;
    }

    private int watch(AgentClient client) throws IOException {
        var text = new EventText(ZoneId.systemDefault());
        var reply = client.follow(ROOT + "events", event -> {
            if (event.name().equals("hello")) {
                // Subscribed by now, so nothing falls between the status and the first event.
                status(client, false);
                out.println();
            } else {
                text.of(event.name(), View.parse(event.data())).ifPresent(out::println);
            }
            // Nobody reads any more: the other end of a pipe went away.
            return !out.checkError();
        });
        if (reply.code() != 200) {
            return refused(reply);
        } else if (!out.checkError()) {
            err.println("reroam: the agent ended the stream: it stopped, or this reader was too slow");
        }
        return Cli.FAILED;
    }

    private int explain(AgentClient client, Optional<String> tunnel) throws IOException {
        var reply = client.ask("GET", ROOT + "explain" + query(tunnel));
        if (reply.code() != 200) {
            return refused(reply);
        }
        View explained = View.parse(reply.body());
        for (View one : explained.objects("devices")) {
            out.println(one.text("name").orElse("?") + ": " + one.text("why").orElse("?"));
        }
        for (View one : explained.objects("tunnels")) {
            OptionalLong age = one.number("proof_age_ms");
            String proof = one.text("proof")
                    .map(p -> p + (age.isPresent() ? ", " + Age.of(age.getAsLong()) + " ago" : ""))
                    .orElse("none");
            out.println(
                    one.text("id").orElse("?") + ": asked " + one.text("asked").orElse("?") + "; answered "
                            + one.text("answered").orElse("?") + "; decided by "
                            + one.text("rule").orElse("?")
                            + "; last proof " + proof);
        }
        return Cli.DONE;
    }

    private int recover(AgentClient client, Optional<String> tunnel) throws IOException {
        var reply = client.ask("POST", ROOT + "recover" + query(tunnel));
        if (reply.code() != 200) {
            return refused(reply);
        }
        List<String> tunnels = View.parse(reply.body()).texts("recovering");
        out.println(tunnels.isEmpty() ? NOTHING_AWAKE : "recovering " + String.join(", ", tunnels));
        return Cli.DONE;
    }

    private static String query(Optional<String> tunnel) {
        return tunnel.map(t -> "?tunnel=" + URLEncoder.encode(t, StandardCharsets.UTF_8))
                .orElse("");
    }

    private int refused(AgentClient.Reply reply) throws IOException {
        err.println("reroam: " + View.parse(reply.body()).text("message").orElse("refused with code " + reply.code()));
        return Cli.FAILED;
    }
}
