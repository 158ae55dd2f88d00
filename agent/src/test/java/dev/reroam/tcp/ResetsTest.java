package dev.reroam.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.NetlinkSocket;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.sockdiag.DiagSocket;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.nft.Nft;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a reset rule stays, on a loop whose time the test owns, with a program that only writes down what it is told. */
class ResetsTest {

    private static final StaleConnection STALE = new StaleConnection(
            Connections.idle("192.0.2.7:40000", Connections.SERVER, 5000),
            "cloudflared",
            Reason.UPLINK_GONE,
            Optional.of(Connections.gone().uplink()));

    @TempDir
    Path folder;

    private final VirtualLoop time = new VirtualLoop();
    // EPERM: neither there nor gone.
    private final AnsweringKernel sockets = new AnsweringKernel(Errno.EPERM);
    private final AnsweringKernel routes = new AnsweringKernel(Errno.NONE);

    private Set<IpAddress> ours = Set.of();

    private Path script() {
        return folder.resolve("told");
    }

    private Resets resets(String program) {
        var socket = new DiagSocket(new NetlinkSocket(sockets, ByteOrder.nativeOrder()));
        var route = new RouteSocket(new NetlinkSocket(routes, ByteOrder.nativeOrder()));
        return new Resets(
                time.loop(),
                time.clock(),
                Runnable::run,
                new Nft(List.of("sh", "-c", program, "nft")),
                socket,
                new LostAddresses(route, new RouteProtocol(77)),
                () -> ours);
    }

    private Resets resets() {
        return resets("if [ $1 = -f ]; then cat >" + script() + "; else echo '{}'; echo \"$@\" >>" + script() + "; fi");
    }

    private void pass(long millis) {
        for (long left = millis; left > 0; left -= 250) {
            time.jump(Math.min(left, 250), TimeUnit.MILLISECONDS);
            time.turn();
        }
    }

    private String told() throws IOException {
        return Files.readString(script());
    }

    private Ending add(Resets resets, StaleConnection stale) {
        var ending = resets.add(stale).toCompletableFuture();
        time.turn();
        return ending.getNow(new Ending.GoneAlready());
    }

    @Test
    void aRuleStaysForAtMost130Seconds() throws Exception {
        assertEquals(new Ending.Rejecting(), add(resets(), STALE));
        assertTrue(told().contains("reject"));
        pass(129_500);
        assertTrue(told().contains("reject"));
        pass(1000);
        assertTrue(told().endsWith("delete table inet reroam\n"), told());
    }

    @Test
    void aRuleGoesWithItsConnection() throws Exception {
        add(resets(), STALE);
        sockets.answer(Errno.ENOENT);
        pass(500);
        assertTrue(told().endsWith("delete table inet reroam\n"), told());
    }

    @Test
    void anExitTakesTheRuleAndTheRouteBack() throws Exception {
        var resets = resets();
        var lost = new StaleConnection(STALE.connection(), STALE.program(), Reason.ADDRESS_GONE, STALE.uplink());
        add(resets, lost);
        assertEquals(List.of(24), routes.types(), "RTM_NEWROUTE");
        resets.close();
        resets.close();
        assertEquals(List.of(24, 25), routes.types(), "RTM_DELROUTE");
        assertTrue(told().endsWith("delete table inet reroam\n"), told());
    }

    @Test
    void aConnectionWhoseAddressIsBackIsLeftAlone() throws Exception {
        var resets = resets();
        var lost = new StaleConnection(STALE.connection(), STALE.program(), Reason.ADDRESS_GONE, STALE.uplink());
        add(resets, lost);
        ours = Set.of(Connections.ADDRESS);
        resets.addressesChanged();
        assertEquals(List.of(24, 25), routes.types());
        assertTrue(told().endsWith("delete table inet reroam\n"), told());
    }

    @Test
    void saysWhereThereIsNoNft() {
        var none = resets("echo 'no such table' >&2; exit 1");
        var lost = new StaleConnection(STALE.connection(), STALE.program(), Reason.ADDRESS_GONE, STALE.uplink());
        var impossible = assertInstanceOf(Ending.Impossible.class, add(none, lost));
        assertEquals("this kernel destroys no connection, and nft: no such table", impossible.why());
        assertEquals(List.of(24, 25), routes.types());
    }
}
