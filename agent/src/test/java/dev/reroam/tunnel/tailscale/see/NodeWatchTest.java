package dev.reroam.tunnel.tailscale.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tunnel.tailscale.BackendState;
import dev.reroam.tunnel.tailscale.FakeTailscaled;
import dev.reroam.tunnel.tailscale.LocalApi;
import dev.reroam.tunnel.tailscale.NodeView;
import dev.reroam.tunnel.wireguard.TestLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The watch on a real loop, towards a daemon on a real socket. What it waits for is made short. */
@Timeout(60)
class NodeWatchTest {

    private static final String RUNNING =
            "{\"Version\":\"1\",\"BackendState\":\"Running\",\"Self\":{\"HostName\":\"nas\",\"Online\":true}}";
    private static final NodeWatch.Pace SHORT =
            new NodeWatch.Pace(300, Duration.ofMillis(10).toNanos());

    @TempDir
    Path root;

    private final TestLoop loop = new TestLoop();
    private final LinkedBlockingQueue<Optional<NodeView>> told = new LinkedBlockingQueue<>();
    private NodeWatch watch;

    @AfterEach
    void close() throws Exception {
        if (watch != null) {
            loop.on(() -> {
                watch.close();
                return true;
            });
        }
        loop.close();
    }

    private FakeTailscaled daemon() throws Exception {
        return new FakeTailscaled(root.resolve("tailscaled.sock")).answers("status", 200, RUNNING);
    }

    private void watch(NodeWatch.Pace pace) throws Exception {
        loop.on(() -> {
            watch = new NodeWatch(new NodeWatch.Outside(
                    loop.loop(),
                    Clock.system(),
                    Path.of("/proc"),
                    List.of(root.resolve("nobody.sock"), root.resolve("tailscaled.sock")),
                    pace,
                    told::add));
            watch.look();
            return true;
        });
    }

    private void look() throws Exception {
        loop.on(() -> {
            watch.look();
            return true;
        });
    }

    /** The first that is told and as wished. */
    private NodeView await(Predicate<NodeView> wish) throws InterruptedException {
        while (true) {
            var view = told.poll(20, TimeUnit.SECONDS);
            assertTrue(view != null, "not told");
            if (view.filter(wish).isPresent()) {
                return view.get();
            }
        }
    }

    @Test
    void readsTheStatusAndWhetherItMayAct() throws Exception {
        try (var daemon = daemon()) {
            watch(NodeWatch.Pace.USUAL);
            var view = await(one -> one.status().isPresent() && one.leave() != NodeView.Leave.UNKNOWN);
            assertEquals(BackendState.RUNNING, view.status().orElseThrow().state());
            assertEquals(NodeView.Leave.GIVEN, view.leave());
            assertEquals(Optional.empty(), view.trouble());
            assertTrue(
                    daemon.asked.contains("GET /localapi/v0/watch-ipn-bus?mask=386 HTTP/1.1"), () -> "" + daemon.asked);
            assertTrue(daemon.headers.contains("host: local-tailscaled.sock"), () -> "" + daemon.headers);
        }
    }

    @Test
    void saysWhenItMayOnlyLook() throws Exception {
        try (var daemon = daemon().answers("debug", 403, "debug access denied\n")) {
            watch(NodeWatch.Pace.USUAL);
            await(one -> one.leave() == NodeView.Leave.REFUSED);
            assertFalse(daemon.asked.isEmpty());
        }
    }

    @Test
    void saysWhenThatWasLeftOutOfTheBuild() throws Exception {
        try (var daemon = daemon().answers("debug", 404, "404 page not found")) {
            watch(NodeWatch.Pace.USUAL);
            await(one -> one.leave() == NodeView.Leave.ABSENT);
            assertFalse(daemon.asked.isEmpty());
        }
    }

    @Test
    void hearsTheBusAndReadsAgain() throws Exception {
        try (var daemon = daemon()) {
            watch(NodeWatch.Pace.USUAL);
            await(one -> one.status().isPresent());
            daemon.answers("status", 200, "{\"BackendState\":\"NeedsLogin\"}");
            daemon.tells(
                    "{\"State\":2,\"Health\":{\"Warnings\":{\"login-state\":{\"Text\":\"You are logged out.\"}}}}\n");
            var view = await(one -> one.status().orElseThrow().state() == BackendState.NEEDS_LOGIN);
            assertEquals(Map.of("login-state", "You are logged out."), view.warnings());
        }
    }

    @Test
    void bearsANetworkMapOfMegabytesAndALineThatIsNone() throws Exception {
        try (var daemon = daemon()) {
            watch(NodeWatch.Pace.USUAL);
            await(one -> one.status().isPresent());
            daemon.tells("{\"NetMap\":\"" + "x".repeat(5_000_000) + "\"}\n");
            daemon.tells("what?\n");
            daemon.tells("{\"Health\":{\"Warnings\":{\"a\":null}}}\n");
            assertEquals(
                    Map.of("a", ""), await(one -> !one.warnings().isEmpty()).warnings());
            assertEquals(1, loop.on(watch::malformed));
        }
    }

    @Test
    void triesAgainWhereTheBusEnds() throws Exception {
        try (var daemon = daemon()) {
            watch(SHORT);
            await(one -> one.status().isPresent());
            daemon.tells("{\"Sta");
            daemon.breaksTheBus();
            await(one -> one.trouble().isPresent());
            await(one -> one.trouble().isEmpty() && one.status().isPresent());
        }
    }

    @Test
    void takesADaemonThatNeverAnswersForAbsentAndFindsItWhenItDoes() throws Exception {
        try (var daemon = daemon().sends("status", FakeTailscaled.SILENCE)) {
            watch(SHORT);
            var view = await(one -> one.trouble().isPresent());
            assertEquals(Optional.of("no answer within 300 ms"), view.trouble());
            daemon.answers("status", 200, RUNNING);
            await(one -> one.trouble().isEmpty() && one.status().isPresent());
        }
    }

    @Test
    void seesItComeAndGo() throws Exception {
        watch(SHORT);
        try (var daemon = daemon()) {
            look();
            await(one -> one.status().isPresent());
            assertFalse(daemon.asked.isEmpty());
        }
        await(one -> one.trouble().isPresent());
        // It looks again by itself, and finds nobody.
        while (told.poll(20, TimeUnit.SECONDS).isPresent()) {
            assertTrue(true);
        }
    }

    @Test
    void readsThisNodeAloneWhereTheNetworkIsTooLarge() throws Exception {
        try (var daemon = daemon().answers("status", 200, "{\"x\":\"" + "x".repeat(LocalApi.LARGEST_ANSWER) + "\"}")
                .answers("status?peers=false", 200, RUNNING)) {
            watch(NodeWatch.Pace.USUAL);
            await(one -> one.status().isPresent());
            assertTrue(daemon.asked.contains("GET /localapi/v0/status?peers=false HTTP/1.1"), () -> "" + daemon.asked);
        }
    }

    @Test
    void bearsGarbage() throws Exception {
        for (String garbage : new String[] {
            "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{]}", FakeTailscaled.HANG_UP
        }) {
            try (var daemon = daemon().sends("status", garbage)) {
                told.clear();
                watch(SHORT);
                var view = await(one -> one.trouble().isPresent());
                assertEquals(Optional.empty(), view.status(), garbage);
                close0();
                assertFalse(daemon.asked.isEmpty());
            }
        }
    }

    private void close0() throws Exception {
        loop.on(() -> {
            watch.close();
            return true;
        });
        watch = null;
    }
}
