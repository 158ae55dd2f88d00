package dev.reroam.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** Debian's tayga, which translates between IPv4 and IPv6 on a tun device. Runs until the lab is closed. */
public final class Tayga {

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(20);

    private Tayga() {}

    /**
     * Starts it and waits until its device is up; what is sent there is for the caller.
     *
     * @param settings lines of its configuration
     */
    public static void start(Belongings belongings, Namespace namespace, String device, String settings) {
        String name = "tayga" + namespace;
        var file = belongings.scratch(name + ".conf");
        try {
            Files.writeString(file, "tun-device " + device + "\n" + settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        namespace.run("tayga", "--mktun", "-c", file.toString());
        namespace.run("ip", "link", "set", "dev", device, "up");
        var log = namespace.log(name);
        var daemon = namespace.start(log.redirect(), List.of("tayga", "-d", "-c", file.toString()));
        boolean up = Pause.until(
                STARTS_WITHIN,
                () -> !daemon.isAlive()
                        || namespace.run("ip", "link", "show", "dev", device).contains("LOWER_UP"));
        if (!up || !daemon.isAlive()) {
            throw new IllegalStateException("tayga does not translate: " + log.text());
        }
    }
}
