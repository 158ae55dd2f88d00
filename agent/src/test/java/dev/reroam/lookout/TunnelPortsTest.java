package dev.reroam.lookout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TunnelPortsTest {

    private static final Uplink WAN =
            new Uplink(3, "wan", Optional.of(IpAddress.parse("192.0.2.1")), IpAddress.parse("192.0.2.7"));
    private static final TunnelPort PORT = new TunnelPort("wg0", 51820, 0xca6c, WAN);
    private static final Endpoint MAPPED = Endpoint.parse("203.0.113.9:51820");

    private final VirtualLoop time = new VirtualLoop();
    private final List<Endpoint> asked = new ArrayList<>();
    private List<Endpoint> servers = List.of(Endpoint.parse("198.51.100.1:3478"), Endpoint.parse("198.51.100.2:3478"));
    private Optional<Endpoint> answer = Optional.of(MAPPED);
    private boolean permitted = true;
    private boolean leads = true;

    private final TunnelPorts ports = new TunnelPorts(
            time.loop(),
            time.clock(),
            (from, server, then) -> {
                asked.add(server);
                if (!permitted) {
                    throw new LinuxException("open raw socket", Errno.EPERM);
                }
                time.loop().execute(() -> then.accept(answer));
            },
            (uplink, to, mark, port) -> leads && mark == 0xca6c && port == 51820,
            () -> servers);

    @Test
    void asksOnceAndNotAgainBeforeSomethingChanges() {
        ports.follow(List.of(PORT));
        time.pass(1, TimeUnit.HOURS);
        ports.follow(List.of(PORT));
        time.pass(1, TimeUnit.HOURS);
        assertEquals(1, asked.size());
        assertEquals(MAPPED, ports.seen().getFirst().mapped());
        ports.changed();
        ports.changed();
        time.pass(1, TimeUnit.SECONDS);
        assertEquals(2, asked.size());
    }

    @Test
    void asksAnotherServerWhereOneIsSilentAndThenRests() {
        answer = Optional.empty();
        ports.follow(List.of(PORT));
        time.pass(1, TimeUnit.HOURS);
        assertEquals(List.of(servers.get(0), servers.get(1), servers.get(0)), asked);
        assertEquals(List.of(), ports.seen());
    }

    @Test
    void floodOfChangesIsNoFloodOfQuestions() {
        ports.follow(List.of(PORT));
        for (int i = 0; i < 600; i++) {
            time.pass(100, TimeUnit.MILLISECONDS);
            ports.changed();
        }
        assertEquals(6, asked.size(), 1);
    }

    @Test
    void saysWhyTheKernelWouldNotLetIt() {
        permitted = false;
        ports.follow(List.of(PORT));
        time.pass(1, TimeUnit.MINUTES);
        assertEquals(1, asked.size());
        assertEquals(true, ports.refused().orElseThrow().contains("EPERM"));
    }

    @Test
    void asksNobodyByAnotherWayThanTheTunnels() {
        leads = false;
        ports.follow(List.of(PORT));
        time.pass(1, TimeUnit.MINUTES);
        assertEquals(List.of(), asked);
    }

    @Test
    void forgetsPortsThatAreNoMore() {
        ports.follow(List.of(PORT));
        time.pass(1, TimeUnit.MINUTES);
        ports.follow(List.of());
        assertEquals(List.of(), ports.seen());
    }
}
