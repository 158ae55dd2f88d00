package dev.reroam.tests.lab;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An {@code ip -batch -} that stays in its namespace, so that a fault costs one write and no process. Used by one thread.
 */
public final class IpBatch {

    private final String where;
    private final Process process;
    private final BufferedReader answers;
    private final Drain complaints;

    private IpBatch(String where, Process process) {
        this.where = where;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.complaints = new Drain(process.getErrorStream());
    }

    static IpBatch start(Namespace namespace, IpFamily family) {
        // Without -4, a line that names its family (an IPv6 address) goes through, too.
        var process = family == IpFamily.V4
                ? namespace.start("ip", "-oneline", "-batch", "-")
                : namespace.start("ip", "-6", "-oneline", "-batch", "-");
        var batch = new IpBatch(namespace.name(), process);
        // Wait until it reads, so that the first fault is not the one that pays for its start.
        batch.settle();
        return batch;
    }

    /**
     * Hands over lines such as {@code link set dev wan1 down} and returns without waiting for them to be done.
     *
     * @return CLOCK_REALTIME in nanoseconds just before the write
     */
    public long request(String... lines) {
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        var input = process.getOutputStream();
        try {
            long before = Clock.system().realtimeNanos();
            input.write(bytes);
            input.flush();
            return before;
        } catch (IOException e) {
            throw refused(e);
        }
    }

    /** Waits until everything requested is done. @throws CommandFailedException where {@code ip} refused a line */
    public void settle() {
        request("link show dev lo");
        try {
            // Everything else that faults ask for prints nothing.
            if (answers.readLine() == null) {
                throw refused(new IOException("end of output"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hands over the lines and waits until they are done; returns CLOCK_REALTIME in nanoseconds just before. */
    public long settled(String... lines) {
        long before = request(lines);
        settle();
        return before;
    }

    private RuntimeException refused(IOException cause) {
        try {
            var failure = new CommandFailedException(
                    List.of("ip", "-batch", "in", where), process.waitFor(), complaints.text());
            failure.initCause(cause);
            return failure;
        } catch (InterruptedException e) {
            return Pause.interrupted(e);
        }
    }
}
