package dev.reroam.tests.integration;

import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A small program of a chosen name with one TCP connection: a bash under another name. */
final class Dialler {

    // A transfer as fast as the network takes it; and a connection that only listens. Without a child of another name.
    private static final String TRANSFER = "while printf '%01000d' 0 >&3; do :; done";
    private static final String LISTEN = "read -r line <&3";

    private final Process process;

    private Dialler(Process process) {
        this.process = process;
    }

    /** Sends without end. */
    static Dialler transferring(Belongings belongings, Namespace namespace, String name, String host, int port) {
        return start(belongings, namespace, name, host, port, TRANSFER);
    }

    /** Waits for a word that never comes. */
    static Dialler listening(Belongings belongings, Namespace namespace, String name, String host, int port) {
        return start(belongings, namespace, name, host, port, LISTEN);
    }

    private static Dialler start(
            Belongings belongings, Namespace namespace, String name, String host, int port, String then) {
        var folder = belongings.scratch(name + "-" + port + "-" + then.hashCode() + host.hashCode());
        try {
            Files.createDirectories(folder);
            var program = Files.createSymbolicLink(folder.resolve(name), Path.of("/bin/bash"));
            // Standard error is the tale: bash writes there what the kernel said.
            return new Dialler(namespace.start(
                    "env",
                    "LC_ALL=C",
                    program.toString(),
                    "-c",
                    "exec 2>&1; trap '' PIPE; exec 3<>/dev/tcp/" + host + "/" + port + "; " + then));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it said when it ended, which it does within this time. */
    String end(long seconds) throws Exception {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("it still runs");
        }
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
