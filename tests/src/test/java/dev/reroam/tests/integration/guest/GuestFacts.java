package dev.reroam.tests.integration.guest;

import dev.reroam.linux.libc.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** The program that the test below runs in the guest: the shell's facts, and those that only a JVM can tell. */
final class GuestFacts {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int ROUNDS = 100_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private GuestFacts() {}

    /** Arguments: the script to run, the file to leave the facts in. Exits with the script's status. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var facts = Path.of(arguments[1]);
        Files.writeString(facts, "java=" + Runtime.version() + "\nloop_ms=" + loopMillis() + "\n");
        Files.writeString(
                facts, "tcp_destroyed=" + tcpConnectionIsDestroyedOnRequest() + "\n", StandardOpenOption.APPEND);
        var script = new ProcessBuilder("sh", arguments[0])
                .redirectOutput(ProcessBuilder.Redirect.appendTo(facts.toFile()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        System.exit(script.waitFor());
    }

    /** Has a connection that this JVM waits on destroyed from outside, as a repair does with a dead one. */
    private static String tcpConnectionIsDestroyedOnRequest() throws IOException, InterruptedException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            client.setSoTimeout((int) PATIENCE.toMillis());
            new ProcessBuilder("ss", "-K", "dport = :" + server.getLocalPort())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            return "no: it answered " + client.getInputStream().read();
        } catch (SocketTimeoutException stillThere) {
            return "no: it stayed";
        } catch (SocketException destroyed) {
            return "yes";
        }
    }

    /** How long a loop takes that only counts: what emulation costs a computation. */
    static long loopMillis() {
        var clock = Clock.system();
        var start = clock.monotonicNanos();
        var state = 1L;
        for (var i = 0; i < ROUNDS; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            state ^= state >>> 17;
        }
        var millis = (clock.monotonicNanos() - start) / NANOS_PER_MILLI;
        // The state is used, so that the compiler cannot drop the loop.
        return state == 0 ? -1 : millis;
    }
}
