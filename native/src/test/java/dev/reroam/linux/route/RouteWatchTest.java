package dev.reroam.linux.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.NetworkNamespace;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.EpollDescriptorDriver;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.PollDescriptorDriver;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernel announces when {@code ip} changes things, heard through both drivers. */
@ParameterizedClass
@EnumSource(RouteWatchTest.Driver.class)
class RouteWatchTest {

    enum Driver {
        EPOLL,
        POLL
    }

    private static final long BOUND_SECONDS = 10;
    private static final RouteEvent BATCH_END = new RouteEvent.Lost(Errno.NONE);

    private final LinkedBlockingQueue<RouteEvent> events = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<RuntimeException> bugs = new LinkedBlockingQueue<>();
    private final MultiThreadIoEventLoopGroup group;
    private final IoEventLoop loop;
    private final DescriptorLoop descriptors;
    private NetworkNamespace namespace;
    private RouteWatch watch;

    RouteWatchTest(Driver driver) throws Exception {
        group = new MultiThreadIoEventLoopGroup(
                1, driver == Driver.EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        loop = group.next();
        descriptors = driver == Driver.EPOLL
                ? new EpollDescriptorDriver(loop, bugs::add)
                : new PollDescriptorDriver(loop, bugs::add);
    }

    @BeforeEach
    void open() throws Exception {
        namespace = new NetworkNamespace();
        watch = namespace.call(() -> RouteWatch.open(new RouteEventConsumer() {
            @Override
            public void onEvent(RouteEvent event) {
                events.add(event);
            }

            @Override
            public void onBatchEnd() {
                events.add(BATCH_END);
            }
        }));
        onLoop(() -> watch.listen(descriptors));
    }

    @AfterEach
    void close() throws Exception {
        onLoop(() -> {
            watch.close();
            return null;
        });
        if (descriptors instanceof PollDescriptorDriver pump) {
            pump.close();
        }
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        namespace.close();
        assertTrue(bugs.isEmpty(), bugs::toString);
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    private void ip(String command) throws Exception {
        namespace.run("ip " + command);
    }

    /** The next event that is asked for; others are passed over. */
    private RouteEvent next(Predicate<RouteEvent> wanted) throws Exception {
        while (true) {
            var event = events.poll(BOUND_SECONDS, TimeUnit.SECONDS);
            assertNotNull(event, "no such event");
            if (wanted.test(event)) {
                return event;
            }
        }
    }

    private static Predicate<RouteEvent> changedLink(String name, Predicate<Link> how) {
        return event -> event instanceof RouteEvent.Changed(Link link, boolean replaces)
                && link.name().equals(name)
                && how.test(link);
    }

    @Test
    void hearsLinksComeChangeAndGo() throws Exception {
        ip("link add a0 type veth peer name a1");
        next(changedLink("a0", link -> !link.isUp()));
        ip("link set a1 up");
        ip("link set a0 up");
        next(changedLink("a0", link -> link.isUp() && link.hasCarrier()));
        ip("link set a1 down");
        next(changedLink("a0", link -> link.isUp() && !link.hasCarrier()));
        ip("link del a0");
        next(event ->
                event instanceof RouteEvent.Removed(Link link) && link.name().equals("a0"));
        next(BATCH_END::equals);
    }

    @Test
    void aPortThatLeavesItsBridgeIsNoLinkThatGoes() throws Exception {
        ip("link add br0 type bridge");
        ip("link add a0 type veth peer name a1");
        ip("link set a0 master br0");
        next(changedLink("a0", link -> link.master().isPresent()));
        ip("link set a0 nomaster");
        ip("link set a1 mtu 1300");
        var between = new ArrayList<RouteEvent>();
        next(event -> {
            between.add(event);
            return changedLink("a1", link -> link.mtu() == 1300).test(event);
        });
        assertTrue(between.stream().noneMatch(RouteEvent.Removed.class::isInstance), between::toString);
    }

    @Test
    void hearsAddressesRoutesRulesAndNextHopsOfBothFamilies() throws Exception {
        ip("link add a0 type veth peer name a1");
        ip("link set a0 up");
        ip("addr add 192.0.2.2/24 dev a0");
        var local = IpAddress.parse("192.0.2.2");
        next(event -> event instanceof RouteEvent.Changed(Address address, boolean r)
                && address.local().equals(local));
        ip("route add default via 192.0.2.1 dev a0");
        next(event -> event instanceof RouteEvent.Changed(Route route, boolean r)
                && route.isDefault()
                && route.hops().getFirst().gateway().equals(java.util.Optional.of(IpAddress.parse("192.0.2.1"))));
        ip("-6 route add 2001:db8::/32 dev a0 table 77");
        next(event -> event instanceof RouteEvent.Changed(Route route, boolean r)
                && route.destination().equals(IpPrefix.parse("2001:db8::/32"))
                && route.table() == 77);
        ip("rule add pref 700 fwmark 5 lookup 77");
        next(event -> event instanceof RouteEvent.Changed(Rule rule, boolean r) && rule.preference() == 700);
        ip("-6 rule add pref 701 uidrange 5-6 lookup 77");
        next(event -> event instanceof RouteEvent.Changed(Rule rule, boolean r)
                && rule.uids().isPresent()
                && rule.preference() == 701);
        ip("link set a1 up");
        ip("nexthop add id 5 via 192.0.2.1 dev a0");
        next(event -> event instanceof RouteEvent.Changed(NextHop hop, boolean r) && hop.id() == 5);
        ip("nexthop del id 5");
        next(event -> event instanceof RouteEvent.Removed(NextHop hop) && hop.id() == 5);
        ip("rule del pref 700");
        next(event -> event instanceof RouteEvent.Removed(Rule rule) && rule.preference() == 700);
        ip("-6 route del 2001:db8::/32 dev a0 table 77");
        next(event -> event instanceof RouteEvent.Removed(Route route) && route.table() == 77);
        ip("addr del 192.0.2.2/24 dev a0");
        next(event -> event instanceof RouteEvent.Removed(Address address)
                && address.local().equals(local));
    }

    @Test
    void aReplacedRouteSaysSo() throws Exception {
        ip("link add a0 type veth peer name a1");
        ip("link set a0 up");
        ip("addr add 192.0.2.2/24 dev a0");
        ip("route add default via 192.0.2.1");
        next(event ->
                event instanceof RouteEvent.Changed(Route route, boolean replaces) && route.isDefault() && !replaces);
        ip("route replace default via 192.0.2.9");
        next(event ->
                event instanceof RouteEvent.Changed(Route route, boolean replaces) && route.isDefault() && replaces);
    }

    @Test
    void neighboursAreHeardOnlyWhenAskedFor() throws Exception {
        ip("link add a0 type veth peer name a1");
        ip("link set a0 up");
        ip("neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev a0 nud permanent");
        ip("rule add pref 700 lookup 77");
        next(event -> {
            assertTrue(!(event instanceof RouteEvent.Changed(Neighbour neighbour, boolean r)), event::toString);
            return event instanceof RouteEvent.Changed(Rule rule, boolean r) && rule.preference() == 700;
        });
        onLoop(() -> watch.withNeighbours());
        ip("neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev a0 nud permanent");
        next(event -> event instanceof RouteEvent.Changed(Neighbour neighbour, boolean r)
                && neighbour.address().equals(IpAddress.parse("192.0.2.2")));
        onLoop(() -> watch.withoutNeighbours());
        ip("neigh add 192.0.2.3 lladdr 02:00:00:00:00:03 dev a0 nud permanent");
        ip("rule del pref 700");
        next(event -> {
            assertTrue(!(event instanceof RouteEvent.Changed(Neighbour neighbour, boolean r)), event::toString);
            return event instanceof RouteEvent.Removed(Rule rule) && rule.preference() == 700;
        });
    }

    /** More announcements than the buffer holds, while the loop is held up. */
    @Test
    void announcementsThatAreLostAreSaidToBeLost() throws Exception {
        ip("link add a0 type veth peer name a1");
        ip("link set a0 up");
        ip("addr add 192.0.2.2/24 dev a0");
        var held = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var holding = loop.submit(() -> {
            held.countDown();
            return release.await(60, TimeUnit.SECONDS);
        });
        assertTrue(held.await(BOUND_SECONDS, TimeUnit.SECONDS));
        namespace.script("/route/many-routes.sh");
        release.countDown();
        assertTrue(holding.get());
        var lost = next(event -> event instanceof RouteEvent.Lost && event != BATCH_END);
        assertEquals(new RouteEvent.Lost(Errno.ENOBUFS), lost);
        // What comes after the loss is heard again.
        next(event -> event instanceof RouteEvent.Changed(Route route, boolean r));
        assertEquals(
                List.of(),
                events.stream().filter(RouteEvent.Unreadable.class::isInstance).toList());
    }
}
