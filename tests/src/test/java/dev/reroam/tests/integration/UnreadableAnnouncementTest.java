package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.RouteEvent;
import dev.reroam.network.NetworkChange;
import dev.reroam.network.NetworkMonitor;
import dev.reroam.recovery.Observation.PathsSeen;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Announcements that cannot be read, or were lost, leave no wrong picture behind: what there is is read. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(60)
class UnreadableAnnouncementTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    // Whatever the kernel says is never heard.
    private static final DescriptorLoop DEAF = (fd, onReadable) -> () -> {};

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    @Test
    void whatItMayHaveSaidIsRead() throws Exception {
        isRead(new RouteEvent.Unreadable(new MalformedMessageException("link", "on purpose")), 1);
    }

    /** net/netlink/af_netlink.c netlink_overrun: the socket's buffer was full. */
    @Test
    void whatWasLostIsRead() throws Exception {
        isRead(new RouteEvent.Lost(Errno.ENOBUFS), 0);
    }

    private void isRead(RouteEvent event, long unreadable) throws Exception {
        try (var inside = LoopInside.enter(net.router())) {
            var monitor =
                    inside.on(() -> NetworkMonitor.open(inside.loop(), Clock.system(), new NetworkMonitor.Listener() {
                        @Override
                        public void onPaths(PathsSeen paths) {}

                        @Override
                        public void onChange(NetworkChange change) {}
                    }));
            inside.run(() -> monitor.start(DEAF));
            assertTrue(inside.on(() -> runs(monitor, "wan1")));
            net.router().run("ip", "address", "add", "192.0.2.77/32", "dev", "lo");
            net.router().run("ip", "link", "set", "wan1", "down");
            assertTrue(inside.on(() -> runs(monitor, "wan1")), "it was not told");
            inside.run(() -> {
                monitor.onEvent(event);
                monitor.onBatchEnd();
            });
            assertTrue(Pause.until(SOON, () -> !unchecked(inside, monitor)), "it is still believed to run");
            assertTrue(
                    inside.on(() -> monitor.state().addresses().stream()
                            .anyMatch(one -> one.local().equals(IpAddress.parse("192.0.2.77")))),
                    "its new address is not known");
            assertEquals(unreadable, inside.on(monitor::unreadable));
            inside.run(monitor::close);
        }
    }

    private static boolean unchecked(LoopInside inside, NetworkMonitor monitor) {
        try {
            return inside.on(() -> runs(monitor, "wan1"));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean runs(NetworkMonitor monitor, String name) {
        var link = monitor.state().links().values().stream()
                .filter(one -> one.name().equals(name))
                .findFirst();
        assertFalse(link.isEmpty(), name);
        return link.filter(Link::isRunning).isPresent();
    }
}
