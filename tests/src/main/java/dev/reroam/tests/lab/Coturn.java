package dev.reroam.tests.lab;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Debian's STUN server; with two addresses it knows RFC 5780. Runs until the lab is closed. */
public final class Coturn {

    /** Its port; the other one is the next. */
    public static final int PORT = 3478;

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(20);

    private Coturn() {}

    /** Starts it on both ports of these addresses of a namespace and waits until it listens. */
    public static void start(Belongings belongings, Namespace namespace, List<String> addresses) {
        String suffix = addresses.getFirst().contains(":") ? "6" : "4";
        String name = "turnserver" + suffix + namespace;
        var log = namespace.log(name);
        var words = Stream.of(
                        Stream.of("turnserver", "-n", "--stun-only", "--no-auth", "--no-cli", "--no-tls", "--no-dtls"),
                        Stream.of("--no-tcp", "-m", "1", "--log-file", "stdout", "--simple-log"),
                        Stream.of("-p", Integer.toString(PORT), "--alt-listening-port", Integer.toString(PORT + 1)),
                        Stream.of("--pidfile", belongings.scratch(name + ".pid").toString()),
                        Stream.of("--userdb", belongings.scratch(name + ".db").toString()),
                        addresses.stream().flatMap(address -> Stream.of("-L", address)))
                .flatMap(part -> part)
                .toList();
        namespace.start(log.redirect(), words);
        // With one address it can answer from no other, and leaves the other port alone.
        int sockets = addresses.size() == 1 ? 1 : addresses.size() * 2;
        if (!Pause.until(STARTS_WITHIN, () -> listening(namespace, suffix) == sockets)) {
            throw new IllegalStateException("turnserver does not listen: " + log.text());
        }
    }

    private static long listening(Namespace namespace, String suffix) {
        return namespace
                .run("ss", "-" + suffix, "-Hlun")
                .lines()
                .filter(line -> line.contains(":" + PORT) || line.contains(":" + (PORT + 1)))
                .count();
    }
}
