package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.EpollDescriptorDriver;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.linux.packet.UdpPort;
import dev.reroam.linux.packet.UdpPorts;
import dev.reroam.stun.Discovered;
import dev.reroam.stun.Lifetime;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Finding;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.Outcome;
import dev.reroam.stun.Outcome.Answered;
import dev.reroam.stun.Schedule;
import dev.reroam.stun.StunClient;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.NatBed;
import dev.reroam.tests.lab.NatBed.Translation;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Behind the NATs of iptables, asking coturn; the reference client of coturn looks at the same NAT. */
@Timeout(120)
class StunNatTest {

    private static final long PATIENCE_SECONDS = 30;
    private static final int TUNNELS_PORT = 51_820;

    private final Belongings belongings = Belongings.open();
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final IoEventLoop loop = group.next();
    private final List<RuntimeException> bugs = new CopyOnWriteArrayList<>();

    private NatBed bed;
    private EpollDescriptorDriver descriptors;
    private StunClient client;

    @AfterEach
    void end() throws Exception {
        if (client != null) {
            on(() -> {
                client.close();
                return true;
            });
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        belongings.close();
        assertEquals(List.of(), bugs);
    }

    private <T> T on(Callable<T> call) throws Exception {
        return loop.submit(call).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void start(Translation translation, boolean v6) throws Exception {
        bed = NatBed.make(belongings, translation);
        bed.startStunServer(v6);
        on(() -> {
            try (var namespace = Descriptor.own(
                    "the box's namespace",
                    Libc.open("/run/netns/" + bed.inside().name(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0))) {
                return Libc.check("enter the box", Libc.setns(namespace.fd(), Libc.CLONE_NEWNET));
            }
        });
        descriptors = new EpollDescriptorDriver(loop, bugs::add);
        client = new StunClient(loop, descriptors, Clock.system(), new SecureRandom());
    }

    private static Outlet outlet(boolean v6) {
        return new Outlet(IpAddress.parse(v6 ? "fd00:77::2" : "192.168.77.2"), "lan", 0, 0);
    }

    private static Endpoint server(boolean v6) {
        return new Endpoint(IpAddress.parse(NatBed.stunAddresses(v6).getFirst()), NatBed.STUN_PORT);
    }

    private Discovered discover(boolean v6) throws Exception {
        var found = new CompletableFuture<Discovered>();
        on(() -> client.discover(outlet(v6), List.of(server(v6)), Schedule.PROBE, found::complete));
        return found.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "EASY, false, ENDPOINT_INDEPENDENT, NAT with Endpoint Independent Mapping!, YES",
        "EASY, true,  ENDPOINT_INDEPENDENT, NAT with Endpoint Independent Mapping!, YES",
        "HARD, false, ADDRESS_AND_PORT_DEPENDENT, NAT with Address and Port Dependent Mapping!, NO",
        "HARD, true,  ADDRESS_AND_PORT_DEPENDENT, NAT with Address and Port Dependent Mapping!, NO",
    })
    void findsWhatTheReferenceClientFinds(
            Translation translation, boolean v6, Mapping mapping, String theirs, Finding portPreserved)
            throws Exception {
        start(translation, v6);
        var found = discover(v6);
        assertEquals(Finding.YES, found.behaviour().translated());
        assertEquals(mapping, found.behaviour().mapping());
        assertEquals(Filtering.ADDRESS_AND_PORT_DEPENDENT, found.behaviour().filtering());
        assertEquals(portPreserved, found.behaviour().portPreserved());
        assertEquals(Finding.NO, found.behaviour().hairpin());
        assertInstanceOf(Answered.class, found.outcomes().get(server(v6)));
        // It waits for three seconds at each silence, and for ever when everything is silent.
        String reference = bed.inside()
                .run(
                        "timeout",
                        "40",
                        "turnutils_natdiscovery",
                        "-m",
                        "-f",
                        NatBed.stunAddresses(v6).getFirst());
        assertTrue(reference.contains(theirs), reference);
        assertTrue(reference.contains("NAT with Address and Port Dependent Filtering!"), reference);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void seesThatNothingIsInTheWay(boolean v6) throws Exception {
        start(Translation.NONE, v6);
        var behaviour = discover(v6).behaviour();
        assertEquals(Finding.NO, behaviour.translated());
        assertEquals(Mapping.ENDPOINT_INDEPENDENT, behaviour.mapping());
        assertEquals(Filtering.ENDPOINT_INDEPENDENT, behaviour.filtering());
    }

    /** The owner of a port asks by itself, and so do we from its port: the NAT must take us for one. */
    @ParameterizedTest
    @CsvSource({"EASY, false", "EASY, true", "HARD, false", "HARD, true"})
    void seesTheMappingOfTheTunnelsOwnPort(Translation translation, boolean v6) throws Exception {
        start(translation, v6);
        UdpPort owner = on(() -> new UdpPorts(descriptors).own(outlet(v6), TUNNELS_PORT, (from, payload) -> {}));
        var first = askFrom(v6);
        assertEquals(first, askFrom(v6), "one flow, one mapping");
        var anybody = new CompletableFuture<Outcome>();
        on(() -> {
            client.open(outlet(v6)).ask(server(v6), Schedule.PROBE, anybody::complete);
            return true;
        });
        var mapped = assertInstanceOf(Answered.class, anybody.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .mapped();
        assertEquals(mapped.address(), first.address());
        assertNotEquals(mapped.port(), first.port());
        if (translation == Translation.EASY) {
            assertEquals(TUNNELS_PORT, first.port());
        }
        on(() -> {
            owner.close();
            return true;
        });
    }

    /** The resolution is five seconds, so the trials are none and four: 2 s of memory do not outlive four, 30 do. */
    @ParameterizedTest
    @CsvSource({"2, PT0S, PT4S", "30, PT4S,"})
    void measuresHowLongTheNatRemembers(int seconds, Duration aliveAfter, Duration deadAfter) throws Exception {
        start(Translation.EASY, false);
        for (String state : List.of("udp_timeout", "udp_timeout_stream")) {
            bed.router().run("sysctl", "-qw", "net.netfilter.nf_conntrack_" + state + "=" + seconds);
        }
        var found = new CompletableFuture<Lifetime>();
        on(() -> client.measureLifetime(outlet(false), server(false), Duration.ofSeconds(4), found::complete));
        assertEquals(
                new Lifetime(Optional.of(aliveAfter), Optional.ofNullable(deadAfter)),
                found.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    private Endpoint askFrom(boolean v6) throws Exception {
        var outcome = new CompletableFuture<Outcome>();
        on(() -> {
            client.askFrom(outlet(v6), TUNNELS_PORT, server(v6), Schedule.PROBE, outcome::complete);
            return true;
        });
        return assertInstanceOf(Answered.class, outcome.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .mapped();
    }
}
