package dev.reroam.tests.integration;

import static dev.reroam.tests.integration.FakeGatewayBed.PORT;
import static dev.reroam.tests.integration.FakeGatewayBed.SOON;
import static dev.reroam.tests.integration.FakeGatewayBed.protocol;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.portmap.News;
import dev.reroam.portmap.Presence;
import dev.reroam.portmap.gateway.AddressKind;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.tests.lab.Inside;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.gateway.Heard.Question;
import dev.reroam.tests.lab.gateway.Speech;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gateways that lie, are slow to speak, and forget: the real mapper over real sockets. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(60)
class FakeGatewayTest {

    // Two seconds for an answer over HTTP, and what a search takes.
    private static final Duration AFTER_A_TRICK = Duration.ofSeconds(6);

    private FakeGatewayBed bed;

    @BeforeEach
    void begin() throws Exception {
        bed = new FakeGatewayBed();
    }

    @AfterEach
    void end() throws Exception {
        bed.close();
    }

    @ParameterizedTest
    @EnumSource
    void portIsMappedInWhatTheGatewaySpeaksAndTakenBack(Speech speech) throws Exception {
        bed.speaks(speech);
        bed.mapper.want(PORT);
        var mapping = bed.mapper.awaitMapping(PORT, SOON);
        assertEquals(protocol(speech), mapping.source());
        assertEquals("11.22.33.1:51820", mapping.external().toString());
        assertEquals(List.of(speech + " 17 51820 -> 192.168.77.2:51820"), bed.gateway.table());
        assertEquals(Set.of(), bed.mapper.stop());
        assertEquals(List.of(), bed.gateway.table());
        assertEquals(1, bed.gateway.mostAtOnce());
    }

    @Test
    void gatewayOfAllHasOneEntryByTheFirst() throws Exception {
        bed.mapper.want(PORT);
        assertEquals(Protocol.PCP, bed.mapper.awaitMapping(PORT, SOON).source());
        bed.mapper.await(
                News.Probed.class,
                probed -> probed.protocol() == Protocol.UPNP && probed.presence() instanceof Presence.There,
                SOON);
        assertEquals(1, bed.gateway.table().size());
        assertEquals(1, bed.gateway.mostAtOnce());
        assertEquals(0, bed.gateway.count(Question.NAT_PMP_MAP));
    }

    @ParameterizedTest
    @CsvSource({
        "PCP, 0.0.0.0",
        "PCP, 127.0.0.1",
        "NAT_PMP, 0.0.0.0",
        "NAT_PMP, 127.0.0.1",
        "UPNP, 0.0.0.0",
        "UPNP, 127.0.0.1"
    })
    void addressThatCannotBeIsNotBelievedAndNothingStays(Speech speech, String address) throws Exception {
        bed.speaks(speech);
        bed.gateway.change(ways -> ways.external = address);
        bed.mapper.want(PORT);
        if (speech == Speech.UPNP) {
            bed.mapper.await(
                    News.Probed.class,
                    probed -> probed.protocol() == Protocol.UPNP && probed.presence() instanceof Presence.Absent,
                    AFTER_A_TRICK);
        } else {
            var refused = bed.mapper.await(News.Refused.class, news -> true, SOON);
            assertEquals(Refusal.UNBELIEVABLE, refused.refusal());
        }
        assertTrue(Pause.until(SOON, () -> bed.gateway.table().isEmpty()), () -> "stays: " + bed.gateway.table());
        assertEquals(List.of(), bed.mapper.mappings());
    }

    @ParameterizedTest
    @EnumSource
    void privateAddressIsKeptAndSaidToBeOne(Speech speech) throws Exception {
        bed.speaks(speech);
        bed.gateway.change(ways -> ways.external = "10.1.2.3");
        bed.mapper.want(PORT);
        assertNotEquals(AddressKind.PUBLIC, bed.mapper.awaitMapping(PORT, SOON).kind());
    }

    @Test
    void changeOfVersionIsFollowed() throws Exception {
        bed.speaks(Speech.PCP);
        bed.mapper.want(PORT);
        assertEquals(Protocol.PCP, bed.mapper.awaitMapping(PORT, SOON).source());
        bed.gateway.reboot();
        bed.speaks(Speech.NAT_PMP);
        bed.mapper.checkAll();
        assertEquals(
                Protocol.NAT_PMP,
                bed.mapper
                        .await(News.Mapped.class, mapped -> true, Duration.ofSeconds(8))
                        .mapping()
                        .source());
        assertEquals(List.of("NAT_PMP 17 51820 -> 192.168.77.2:51820"), bed.gateway.table());
        assertEquals(1, bed.gateway.mostAtOnce());
    }

    /** One second, and ten years: asked for once, and then not again, whatever else ends meanwhile (a probe, after 2 s). */
    @ParameterizedTest
    @CsvSource({"PCP, 1", "PCP, 315360000", "NAT_PMP, 1", "NAT_PMP, 315360000", "UPNP, 1", "UPNP, 315360000"})
    void oddLeaseMakesNoTightLoop(Speech speech, long lease) throws Exception {
        bed.speaks(speech);
        bed.gateway.change(ways -> ways.leaseSeconds = lease);
        bed.mapper.want(PORT);
        bed.mapper.awaitMapping(PORT, SOON);
        Pause.of(Duration.ofMillis(lease == 1 ? 3000 : 500));
        // By UPnP: connected?, the outer address for the choice, for the probe and for the mapping, the mapping, its
        // entry.
        int expected = speech == Speech.UPNP ? 6 : 1;
        var asked = speech == Speech.PCP
                ? Question.PCP_MAP
                : speech == Speech.NAT_PMP ? Question.NAT_PMP_MAP : Question.ACTION;
        assertEquals(
                expected, bed.gateway.count(asked), () -> bed.gateway.heard().toString());
        assertEquals(1, bed.gateway.mostAtOnce());
    }

    @ParameterizedTest
    @EnumSource
    void gatewayThatForgotEverythingAndSaysSoIsMappedAnewAtOnce(Speech speech) throws Exception {
        bed.speaks(speech);
        bed.mapper.want(PORT);
        bed.mapper.awaitMapping(PORT, SOON);
        bed.gateway.reboot();
        assertEquals(List.of(), bed.gateway.table());
        bed.gateway.announce();
        bed.mapper.await(News.Forgot.class, forgot -> true, SOON);
        assertTrue(
                Pause.until(SOON, () -> bed.gateway.table().size() == 1),
                () -> bed.gateway.heard().toString());
        assertEquals(1, bed.gateway.mostAtOnce());
    }

    /** As a second program here that maps ports, before us or after. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anotherListenerForAnnouncementsTakesNothingAway(boolean itWasFirst) throws Exception {
        bed.speaks(Speech.PCP);
        try (var other = Inside.of(bed.inside, FakeGatewayTest::listener)) {
            var mapper = itWasFirst ? MapperInside.open(bed.inside) : bed.mapper;
            mapper.want(PORT);
            mapper.awaitMapping(PORT, SOON);
            bed.gateway.reboot();
            bed.gateway.announce();
            mapper.await(News.Forgot.class, forgot -> true, SOON);
            var heard = ByteBuffer.allocate(100);
            assertTrue(
                    Pause.until(SOON, () -> {
                        try {
                            return other.receive(heard) != null;
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }),
                    "the other one hears nothing");
            if (itWasFirst) {
                mapper.close();
            }
        }
    }

    private static DatagramChannel listener() throws IOException {
        var listener = DatagramChannel.open(StandardProtocolFamily.INET)
                .setOption(StandardSocketOptions.SO_REUSEPORT, true)
                .bind(new InetSocketAddress("224.0.0.1", 5350));
        // Java's sockets hear only the groups that they joined themselves.
        listener.join(InetAddress.getByName("224.0.0.1"), NetworkInterface.getByName("lan"));
        listener.configureBlocking(false);
        return listener;
    }

    /** Every 300 ms, as one that reboots every 20 s looks like to a clock that runs faster. */
    @Test
    void gatewayThatRebootsAllTheTimeIsAskedLessAndLess() throws Exception {
        bed.speaks(Speech.PCP);
        bed.mapper.want(PORT);
        bed.mapper.awaitMapping(PORT, SOON);
        for (int i = 0; i < 15; i++) {
            bed.gateway.reboot();
            bed.gateway.announce();
            Pause.of(Duration.ofMillis(300));
        }
        // At once, after 1 s, after 2 s more: 4.5 s hold three rounds, and the first mapping.
        int asked = bed.gateway.count(Question.PCP_MAP);
        assertTrue(asked >= 2 && asked <= 5, () -> bed.gateway.heard().toString());
        assertEquals(1, bed.gateway.mostAtOnce());
    }

    @Test
    void silentGatewayIsAskedAFewTimesAndThenLeft() throws Exception {
        bed.speaks();
        bed.mapper.want(PORT);
        for (var protocol : Protocol.values()) {
            assertTrue(
                    Pause.until(
                            Duration.ofSeconds(8),
                            () -> bed.mapper.presence(protocol) instanceof Presence.Absent absent
                                    && !absent.answered()),
                    protocol::word);
        }
        assertEquals(4, bed.questions(Speech.PCP));
        assertEquals(4, bed.questions(Speech.NAT_PMP));
        // Two rounds of three searches.
        assertEquals(6, bed.questions(Speech.UPNP));
    }
}
