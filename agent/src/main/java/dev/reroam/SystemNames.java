package dev.reroam;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.netcheck.Names;
import dev.reroam.uplink.Uplink;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Names as this machine resolves them, whichever way its name servers are asked. Asked on the loop; blocks threads of its
 * own, at most {@link #MOST_THREADS}, which go when nothing is asked.
 */
final class SystemNames implements Names, AutoCloseable {

    /** Two uplinks, two families, eight servers, and some more. */
    private static final int MOST_THREADS = 40;

    private static final long IDLE_SECONDS = 1;

    private final Executor loop;
    private final ThreadPoolExecutor threads;

    SystemNames(Executor loop) {
        this.loop = loop;
        threads = new ThreadPoolExecutor(
                0, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    var thread = new Thread(task, "names");
                    // The JVM must not wait for a name server.
                    thread.setDaemon(true);
                    return thread;
                });
    }

    @Override
    public void lookup(Uplink uplink, String host, Consumer<Resolved> then) {
        try {
            threads.execute(() -> {
                var resolved = resolve(uplink, host);
                loop.execute(() -> then.accept(resolved));
            });
        } catch (RejectedExecutionException e) {
            then.accept(new Resolved.None("too many names are being looked up"));
        }
    }

    private static Resolved resolve(Uplink uplink, String host) {
        try {
            return new Resolved.Found(Arrays.stream(InetAddress.getAllByName(host))
                    .map(address -> IpAddress.of(address.getAddress()))
                    .filter(address -> address.family() == uplink.family())
                    .toList());
        } catch (UnknownHostException e) {
            // One exception for "no such name" and for "nobody answers": the JDK does not tell them apart.
            return new Resolved.None("does not resolve");
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
