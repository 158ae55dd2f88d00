package dev.reroam;

import dev.reroam.config.Config;
import dev.reroam.hooks.HookFifo;
import dev.reroam.host.Capabilities;
import dev.reroam.host.Capability;
import dev.reroam.host.Places;
import dev.reroam.host.Version;
import dev.reroam.journal.IncidentFiles;
import dev.reroam.ledger.LedgerFile;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.web.ControlSocket;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tinylog.Logger;

/** The agent of one network namespace, from its start to its stop. */
public final class Agent {

    private static final int SLOW_LANE_TASKS = 64;
    /** Longer than any answer that a stop waits for (a daemon's 2 s, a disk's fsync); procd and systemd allow more. */
    private static final long STOP_SECONDS = 5;
    /** Only against waiting for ever: on a slow and busy machine, loading our classes alone takes tens of seconds. */
    private static final long START_SECONDS = 120;

    private Agent() {}

    /**
     * Runs until the process is told to stop (SIGTERM, SIGINT). The caller holds the lock of the places.
     *
     * @return the exit code: 0, stopped as asked
     * @throws IOException when it cannot start: a kernel refusal, an unusable path
     */
    static int run(Config config, Places places, Stop stop) throws IOException {
        NettyLog.begin();
        var capabilities = Capabilities.current();
        for (Capability missing : capabilities.missing()) {
            Logger.warn("{} is missing: {}", missing, missing.costs());
        }
        try (var threads = new AgentThreads();
                var slowLane =
                        new SlowLane(SLOW_LANE_TASKS, bug -> Logger.error(bug, "a task of the slow lane failed"))) {
            var opened = LedgerFile.open(places.state(), slowLane, threads.loop());
            opened.findings().forEach(finding -> Logger.warn("{}", finding));
            var incidents = new IncidentFiles(places.state());
            long firstIncident = incidents.next();
            var core = await(START_SECONDS, threads, () -> {
                var made = new AgentCore(new AgentCore.Outside(
                        config,
                        threads.loop(),
                        threads.descriptors(),
                        slowLane,
                        opened.ledger(),
                        opened.toUndo(),
                        places.state(),
                        places.heart(),
                        incidents,
                        firstIncident,
                        capabilities,
                        Clock.system(),
                        new SecureRandom()));
                made.start();
                return made;
            });
            var socket = get(START_SECONDS, ControlSocket.open(threads.loop(), places.socket(), core.api()));
            var hooks = hooks(places, threads, core);
            Logger.info(
                    "reroam {} runs: mode {}, {}, socket {}",
                    Version.text(),
                    config.mode().word(),
                    threads.driver(),
                    places.socket());
            stop.await();
            // Joined off the loop, which does the work.
            get(STOP_SECONDS, await(STOP_SECONDS, threads, core::giveBack));
            await(STOP_SECONDS, threads, () -> {
                socket.close();
                if (hooks.isPresent()) {
                    hooks.get().close();
                }
                core.close();
                return true;
            });
            places.tidy();
            Logger.info("stopped");
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Beside the socket where that is in its usual place; without it the agent sees what the kernel shows. */
    private static Optional<HookFifo> hooks(Places places, AgentThreads threads, AgentCore core) throws IOException {
        if (places.hooks().isEmpty()) {
            return Optional.empty();
        }
        var path = places.hooks().get();
        return await(START_SECONDS, threads, () -> {
            try {
                return Optional.of(HookFifo.open(path, threads.descriptors(), core::onHook));
            } catch (IOException e) {
                Logger.warn("hooks cannot be heard: {}", e.getMessage());
                return Optional.empty();
            }
        });
    }

    /** Runs on the loop what must run there, and waits for it. */
    private static <T> T await(long seconds, AgentThreads threads, Callable<T> task) throws IOException {
        return get(seconds, threads.loop().submit(task));
    }

    private static <T> T get(long seconds, Future<T> future) throws IOException {
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof MalformedMessageException malformed) {
                throw new IOException("the kernel's answer: " + malformed.getMessage(), malformed);
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the loop did not answer within " + seconds + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
