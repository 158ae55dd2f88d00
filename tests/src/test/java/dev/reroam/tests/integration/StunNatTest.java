package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
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
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Behind the NATs of iptables, asking coturn; the reference client of coturn looks at the same NAT. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.NATS)
@Timeout(120)
class StunNatTest {

    private static final long PATIENCE_SECONDS = 30;
    private static final int TUNNELS_PORT = 51_820;

    private final Belongings belongings = Belongings.open();

    private NatBed bed;
    private LoopInside inside;
    private StunClient client;

    @AfterEach
    void end() throws Exception {
        if (client != null) {
            inside.run(client::close);
            inside.close();
        }
        belongings.close();
    }

    private void start(Translation translation, boolean v6) throws Exception {
        start(NatBed.make(belongings, translation), v6);
    }

    private void start(NatBed made, boolean v6) throws Exception {
        bed = made;
        bed.startStunServer(v6);
        inside = LoopInside.enter(bed.inside());
        client = inside.on(
                () -> new StunClient(inside.loop(), inside.descriptors(), Clock.system(), new SecureRandom()));
    }

    private static Outlet outlet(boolean v6) {
        return new Outlet(IpAddress.parse(v6 ? "fd00:77::2" : "192.168.77.2"), "lan", 0, 0);
    }

    private static Endpoint server(boolean v6) {
        return new Endpoint(IpAddress.parse(NatBed.stunAddresses(v6).getFirst()), NatBed.STUN_PORT);
    }

    private Discovered discover(boolean v6) throws Exception {
        var found = new CompletableFuture<Discovered>();
        inside.on(() -> client.discover(outlet(v6), List.of(server(v6)), Schedule.PROBE, found::complete));
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
        theirFindingIs(theirs, "Address and Port Dependent", v6);
    }

    /** What lets everybody in; the one that also translates from inside to inside hairpins. */
    @ParameterizedTest
    @CsvSource({"FULL_CONE, false, NO", "FULL_CONE, true, NO", "ONE_TO_ONE, false, YES", "ONE_TO_ONE, true, YES"})
    void findsThatNothingIsFiltered(Translation translation, boolean v6, Finding hairpin) throws Exception {
        start(translation, v6);
        var behaviour = discover(v6).behaviour();
        assertEquals(Finding.YES, behaviour.translated());
        assertEquals(Mapping.ENDPOINT_INDEPENDENT, behaviour.mapping());
        assertEquals(Filtering.ENDPOINT_INDEPENDENT, behaviour.filtering());
        assertEquals(Finding.YES, behaviour.portPreserved());
        assertEquals(hairpin, behaviour.hairpin());
        theirFindingIs("NAT with Endpoint Independent Mapping!", "Endpoint Independent", v6);
        theirHairpinIs(hairpin, v6);
    }

    private void theirHairpinIs(Finding hairpin, boolean v6) {
        String reference = theyAsk(v6, "-H");
        assertEquals(hairpin == Finding.YES, reference.contains("maybe a successful hairpinning"), reference);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void findsThatWhoWasSentToMaySendFromAnyPort(boolean v6) throws Exception {
        start(Translation.RESTRICTED_CONE, v6);
        var behaviour = discover(v6).behaviour();
        assertEquals(Mapping.ENDPOINT_INDEPENDENT, behaviour.mapping());
        assertEquals(Filtering.ADDRESS_DEPENDENT, behaviour.filtering());
        theirFindingIs("NAT with Endpoint Independent Mapping!", "Address Dependent", v6);
    }

    private void theirFindingIs(String mapping, String filtering, boolean v6) {
        String reference = theyAsk(v6, "-m", "-f");
        assertTrue(reference.contains(mapping), reference);
        assertTrue(reference.contains("NAT with " + filtering + " Filtering!"), reference);
    }

    private String theyAsk(boolean v6, String... what) {
        // It waits for three seconds at each silence, and for ever when everything is silent.
        var words = new ArrayList<>(List.of("timeout", "40", "turnutils_natdiscovery"));
        words.addAll(List.of("-L", outlet(v6).source().toString()));
        words.addAll(List.of(what));
        words.add(NatBed.stunAddresses(v6).getFirst());
        return bed.inside().run(words.toArray(String[]::new));
    }

    /** Two in a row are as hard as the harder one, and show the outer one's address. */
    @ParameterizedTest
    @CsvSource({
        "EASY, EASY, ENDPOINT_INDEPENDENT, NAT with Endpoint Independent Mapping!",
        "EASY, HARD, ADDRESS_AND_PORT_DEPENDENT, NAT with Address and Port Dependent Mapping!",
        "HARD, EASY, ADDRESS_AND_PORT_DEPENDENT, NAT with Address and Port Dependent Mapping!",
    })
    void findsBehindTwoNatsWhatTheReferenceClientFinds(
            Translation inner, Translation outer, Mapping mapping, String theirs) throws Exception {
        start(NatBed.makeDouble(belongings, inner, outer), false);
        var found = discover(false);
        assertEquals(mapping, found.behaviour().mapping());
        assertEquals(Filtering.ADDRESS_AND_PORT_DEPENDENT, found.behaviour().filtering());
        var answered = assertInstanceOf(Answered.class, found.outcomes().get(server(false)));
        assertEquals("11.22.33.1", answered.mapped().address().toString());
        theirFindingIs(theirs, "Address and Port Dependent", false);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void seesThatNothingIsInTheWay(boolean v6) throws Exception {
        start(Translation.NONE, v6);
        var behaviour = discover(v6).behaviour();
        assertEquals(Finding.NO, behaviour.translated());
        assertEquals(Mapping.ENDPOINT_INDEPENDENT, behaviour.mapping());
        assertEquals(Filtering.ENDPOINT_INDEPENDENT, behaviour.filtering());
        theirFindingIs("No NAT! (Endpoint Independent Mapping)", "Endpoint Independent", v6);
    }

    /** The owner of a port asks by itself, and so do we from its port: the NAT must take us for one. */
    @ParameterizedTest
    @CsvSource({"EASY, false", "EASY, true", "HARD, false", "HARD, true"})
    void seesTheMappingOfTheTunnelsOwnPort(Translation translation, boolean v6) throws Exception {
        start(translation, v6);
        UdpPort owner = inside.on(
                () -> new UdpPorts(inside.descriptors()).own(outlet(v6), TUNNELS_PORT, (from, payload) -> {}));
        var first = askFrom(v6);
        assertEquals(first, askFrom(v6), "one flow, one mapping");
        var anybody = new CompletableFuture<Outcome>();
        inside.run(() -> client.open(outlet(v6)).ask(server(v6), Schedule.PROBE, anybody::complete));
        var mapped = assertInstanceOf(Answered.class, anybody.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .mapped();
        assertEquals(mapped.address(), first.address());
        assertNotEquals(mapped.port(), first.port());
        if (translation == Translation.EASY) {
            assertEquals(TUNNELS_PORT, first.port());
        }
        inside.run(owner::close);
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
        inside.on(() -> client.measureLifetime(outlet(false), server(false), Duration.ofSeconds(4), found::complete));
        assertEquals(
                new Lifetime(Optional.of(aliveAfter), Optional.ofNullable(deadAfter)),
                found.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    private Endpoint askFrom(boolean v6) throws Exception {
        var outcome = new CompletableFuture<Outcome>();
        inside.run(() -> client.askFrom(outlet(v6), TUNNELS_PORT, server(v6), Schedule.PROBE, outcome::complete));
        return assertInstanceOf(Answered.class, outcome.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .mapped();
    }
}
