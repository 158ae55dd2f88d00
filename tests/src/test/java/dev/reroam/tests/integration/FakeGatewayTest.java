package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.portmap.News;
import dev.reroam.portmap.Presence;
import dev.reroam.portmap.gateway.AddressKind;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Namespace;
import dev.reroam.tests.lab.NatBed;
import dev.reroam.tests.lab.NatBed.Translation;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.gateway.FakeGateway;
import dev.reroam.tests.lab.gateway.Heard;
import dev.reroam.tests.lab.gateway.Heard.Question;
import dev.reroam.tests.lab.gateway.Speech;
import dev.reroam.tests.lab.gateway.Trick;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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

/** Gateways that lie, are slow, forget, and send documents that nobody should read: the real mapper over real sockets. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(60)
class FakeGatewayTest {

    private static final int PORT = MapperInside.PORT;
    /** Another gateway on the same network. */
    private static final String OTHER = "192.168.77.11";

    private static final Duration SOON = Duration.ofSeconds(4);
    // Two seconds for an answer over HTTP, and what a search takes.
    private static final Duration AFTER_A_TRICK = Duration.ofSeconds(6);
    // Of our reading: 64 KiB; and what both kernels hold of what nobody reads.
    private static final long MOST_TAKEN = 1_000_000;

    private final Belongings belongings = Belongings.open();
    private Namespace router;
    private FakeGateway gateway;
    private MapperInside mapper;

    @BeforeEach
    void begin() throws Exception {
        var bed = NatBed.make(belongings, Translation.EASY);
        router = bed.router();
        gateway = FakeGateway.start(router, "lan", "192.168.77.1");
        mapper = MapperInside.open(bed.inside());
    }

    @AfterEach
    void end() throws Exception {
        mapper.close();
        gateway.close();
        belongings.close();
    }

    private void speaks(Speech... speech) {
        gateway.change(ways -> {
            ways.speaks.clear();
            ways.speaks.addAll(List.of(speech));
        });
    }

    private static Protocol protocol(Speech speech) {
        return Protocol.valueOf(speech.name());
    }

    @ParameterizedTest
    @EnumSource
    void portIsMappedInWhatTheGatewaySpeaksAndTakenBack(Speech speech) throws Exception {
        speaks(speech);
        mapper.want(PORT);
        var mapping = mapper.awaitMapping(PORT, SOON);
        assertEquals(protocol(speech), mapping.source());
        assertEquals("11.22.33.1:51820", mapping.external().toString());
        assertEquals(List.of(speech + " 17 51820 -> 192.168.77.2:51820"), gateway.table());
        assertEquals(Set.of(), mapper.stop());
        assertEquals(List.of(), gateway.table());
        assertEquals(1, gateway.mostAtOnce());
    }

    @Test
    void gatewayOfAllHasOneEntryByTheFirst() throws Exception {
        mapper.want(PORT);
        assertEquals(Protocol.PCP, mapper.awaitMapping(PORT, SOON).source());
        mapper.await(
                News.Probed.class,
                probed -> probed.protocol() == Protocol.UPNP && probed.presence() instanceof Presence.There,
                SOON);
        assertEquals(1, gateway.table().size());
        assertEquals(1, gateway.mostAtOnce());
        assertEquals(0, gateway.count(Question.NAT_PMP_MAP));
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
        speaks(speech);
        gateway.change(ways -> ways.external = address);
        mapper.want(PORT);
        if (speech == Speech.UPNP) {
            mapper.await(
                    News.Probed.class,
                    probed -> probed.protocol() == Protocol.UPNP && probed.presence() instanceof Presence.Absent,
                    AFTER_A_TRICK);
        } else {
            var refused = mapper.await(News.Refused.class, news -> true, SOON);
            assertEquals(Refusal.UNBELIEVABLE, refused.refusal());
        }
        assertTrue(Pause.until(SOON, () -> gateway.table().isEmpty()), () -> "stays: " + gateway.table());
        assertEquals(List.of(), mapper.mappings());
    }

    @ParameterizedTest
    @EnumSource
    void privateAddressIsKeptAndSaidToBeOne(Speech speech) throws Exception {
        speaks(speech);
        gateway.change(ways -> ways.external = "10.1.2.3");
        mapper.want(PORT);
        assertNotEquals(AddressKind.PUBLIC, mapper.awaitMapping(PORT, SOON).kind());
    }

    @ParameterizedTest
    @EnumSource
    void answersAfter900MillisecondsAreGoodEnough(Speech speech) throws Exception {
        speaks(speech);
        gateway.change(ways -> ways.thinks = Duration.ofMillis(900));
        mapper.want(PORT);
        assertEquals(
                protocol(speech),
                mapper.awaitMapping(PORT, Duration.ofSeconds(15)).source());
        assertEquals(1, gateway.mostAtOnce());
    }

    @Test
    void answersFromAnotherPortDoNotCount() throws Exception {
        speaks(Speech.PCP, Speech.NAT_PMP);
        gateway.change(ways -> ways.fromAnotherPort = true);
        mapper.want(PORT);
        mapper.await(
                News.Probed.class,
                probed -> probed.protocol() == Protocol.PCP && probed.presence() instanceof Presence.Absent,
                Duration.ofSeconds(8));
        assertEquals(List.of(), mapper.mappings());
        assertTrue(mapper.dropped() > 0);
        // Four questions in each of the two, and no more.
        assertTrue(
                questions(Speech.PCP) + questions(Speech.NAT_PMP) <= 8,
                () -> gateway.heard().toString());
    }

    @Test
    void answersFromAnotherAddressDoNotCount() throws Exception {
        speaks(Speech.PCP, Speech.NAT_PMP);
        router.run("ip", "address", "add", OTHER + "/24", "dev", "lan");
        gateway.change(ways -> ways.fromAnotherAddress = Optional.of(OTHER));
        mapper.want(PORT);
        mapper.await(
                News.Probed.class,
                probed -> probed.protocol() == Protocol.PCP && probed.presence() instanceof Presence.Absent,
                Duration.ofSeconds(8));
        assertEquals(List.of(), mapper.mappings());
        assertTrue(mapper.dropped() > 0);
    }

    @Test
    void answerWithAnotherNonceDoesNotCountAndIsNotAskedForTightly() throws Exception {
        speaks(Speech.PCP);
        gateway.change(ways -> ways.wrongNonce = true);
        mapper.want(PORT);
        assertTrue(Pause.until(Duration.ofSeconds(8), () -> gateway.count(Question.PCP_MAP) == 4));
        assertTrue(Pause.until(SOON, () -> mapper.dropped() >= 4));
        assertEquals(List.of(), mapper.mappings());
        Pause.of(Duration.ofSeconds(2));
        assertEquals(4, gateway.count(Question.PCP_MAP), () -> gateway.heard().toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"PCP", "NAT_PMP"})
    void lateDuplicatesAreDroppedAndCounted(Speech speech) throws Exception {
        speaks(speech);
        gateway.change(ways -> ways.repeatsLate = true);
        mapper.want(PORT);
        assertEquals(protocol(speech), mapper.awaitMapping(PORT, SOON).source());
        assertTrue(Pause.until(SOON, () -> mapper.dropped() > 0));
        assertEquals(1, mapper.mappings().size());
        assertEquals(1, gateway.mostAtOnce());
    }

    /** UDA section 1.3.3: the answer comes from whatever port; the address is what counts. */
    @Test
    void upnpDeviceThatAnswersFromAnotherPortIsFound() throws Exception {
        speaks(Speech.UPNP);
        gateway.change(ways -> ways.foundFromAnotherPort = true);
        mapper.want(PORT);
        assertEquals(Protocol.UPNP, mapper.awaitMapping(PORT, SOON).source());
    }

    @Test
    void serviceWithoutAConnectionIsLeftForTheNext() throws Exception {
        speaks(Speech.UPNP);
        gateway.change(ways -> ways.deadServiceFirst = true);
        mapper.want(PORT);
        assertEquals(
                "11.22.33.1:51820", mapper.awaitMapping(PORT, SOON).external().toString());
    }

    @ParameterizedTest
    @CsvSource({"718, CONFLICT", "728, NO_RESOURCES", "606, NOT_AUTHORISED"})
    void refusalOfEveryMappingIsSaidAndNotAskedForTightly(int error, Refusal refusal) throws Exception {
        speaks(Speech.UPNP);
        gateway.change(ways -> ways.upnpError = OptionalInt.of(error));
        mapper.want(PORT);
        assertEquals(
                refusal, mapper.await(News.Refused.class, refused -> true, SOON).refusal());
        int asked = gateway.count(Question.ACTION);
        Pause.of(Duration.ofSeconds(2));
        assertEquals(
                asked, gateway.count(Question.ACTION), () -> gateway.heard().toString());
        assertEquals(List.of(), gateway.table());
    }

    /** Error 402 is how some say 725; one that says it of a permanent mapping too makes none. */
    @ParameterizedTest
    @CsvSource({"402, MALFORMED", "725, OTHER"})
    void permanentMappingThatIsRefusedTooIsNotAskedForAgain(int error, Refusal refusal) throws Exception {
        speaks(Speech.UPNP);
        gateway.change(ways -> ways.upnpError = OptionalInt.of(error));
        mapper.want(PORT);
        mapper.await(News.PermanentAhead.class, ahead -> true, SOON);
        mapper.note(Wanted.udp(PORT));
        assertEquals(
                refusal, mapper.await(News.Refused.class, refused -> true, SOON).refusal());
        assertEquals(List.of(), gateway.table());
        assertEquals(Set.of(), mapper.stop());
    }

    @Test
    void portThatSomebodyElseHasIsLeftToHim() throws Exception {
        speaks(Speech.UPNP);
        gateway.change(ways -> ways.igd = 1);
        gateway.occupy(PORT, "192.168.77.9");
        mapper.want(PORT);
        assertNotEquals(PORT, mapper.awaitMapping(PORT, SOON).external().port());
        assertEquals(Set.of(), mapper.stop());
        assertEquals(List.of("UPNP 17 51820 -> 192.168.77.9:51820"), gateway.table());
    }

    /** The other one answers the group too, and announces itself. */
    @Test
    void gatewayThatIsNotOnThePathGetsNoEntry() throws Exception {
        router.run("ip", "address", "add", OTHER + "/24", "dev", "lan");
        try (var other = FakeGateway.start(router, "lan", OTHER)) {
            speaks(Speech.UPNP);
            other.announce();
            mapper.want(PORT);
            assertEquals(Protocol.UPNP, mapper.awaitMapping(PORT, SOON).source());
            other.announce();
            assertEquals(List.of("UPNP 17 51820 -> 192.168.77.2:51820"), gateway.table());
            assertTrue(other.count(Question.SEARCH) > 0, "it was not heard");
            assertEquals(0, other.count(Question.DESCRIPTION));
            assertEquals(List.of(), other.table());
        }
    }

    @Test
    void changeOfVersionIsFollowed() throws Exception {
        speaks(Speech.PCP);
        mapper.want(PORT);
        assertEquals(Protocol.PCP, mapper.awaitMapping(PORT, SOON).source());
        gateway.reboot();
        speaks(Speech.NAT_PMP);
        mapper.checkAll();
        assertEquals(
                Protocol.NAT_PMP,
                mapper.await(News.Mapped.class, mapped -> true, Duration.ofSeconds(8))
                        .mapping()
                        .source());
        assertEquals(List.of("NAT_PMP 17 51820 -> 192.168.77.2:51820"), gateway.table());
        assertEquals(1, gateway.mostAtOnce());
    }

    /** One second, and ten years: asked for once, and then not again, whatever else ends meanwhile (a probe, after 2 s). */
    @ParameterizedTest
    @CsvSource({"PCP, 1", "PCP, 315360000", "NAT_PMP, 1", "NAT_PMP, 315360000", "UPNP, 1", "UPNP, 315360000"})
    void oddLeaseMakesNoTightLoop(Speech speech, long lease) throws Exception {
        speaks(speech);
        gateway.change(ways -> ways.leaseSeconds = lease);
        mapper.want(PORT);
        mapper.awaitMapping(PORT, SOON);
        Pause.of(Duration.ofMillis(lease == 1 ? 3000 : 500));
        // By UPnP: connected?, the outer address for the choice, for the probe and for the mapping, the mapping, its
        // entry.
        int expected = speech == Speech.UPNP ? 6 : 1;
        var asked = speech == Speech.PCP
                ? Question.PCP_MAP
                : speech == Speech.NAT_PMP ? Question.NAT_PMP_MAP : Question.ACTION;
        assertEquals(expected, gateway.count(asked), () -> gateway.heard().toString());
        assertEquals(1, gateway.mostAtOnce());
    }

    @ParameterizedTest
    @EnumSource
    void gatewayThatForgotEverythingAndSaysSoIsMappedAnewAtOnce(Speech speech) throws Exception {
        speaks(speech);
        mapper.want(PORT);
        mapper.awaitMapping(PORT, SOON);
        gateway.reboot();
        assertEquals(List.of(), gateway.table());
        gateway.announce();
        mapper.await(News.Forgot.class, forgot -> true, SOON);
        assertTrue(
                Pause.until(SOON, () -> gateway.table().size() == 1),
                () -> gateway.heard().toString());
        assertEquals(1, gateway.mostAtOnce());
    }

    /** Every 300 ms, as one that reboots every 20 s looks like to a clock that runs faster. */
    @Test
    void gatewayThatRebootsAllTheTimeIsAskedLessAndLess() throws Exception {
        speaks(Speech.PCP);
        mapper.want(PORT);
        mapper.awaitMapping(PORT, SOON);
        for (int i = 0; i < 15; i++) {
            gateway.reboot();
            gateway.announce();
            Pause.of(Duration.ofMillis(300));
        }
        // At once, after 1 s, after 2 s more: 4.5 s hold three rounds, and the first mapping.
        int asked = gateway.count(Question.PCP_MAP);
        assertTrue(asked >= 2 && asked <= 5, () -> gateway.heard().toString());
        assertEquals(1, gateway.mostAtOnce());
    }

    @Test
    void eventOfAnotherAddressIsHeardOnlyByTheSubscriber() throws Exception {
        speaks(Speech.UPNP);
        mapper.want(PORT);
        mapper.awaitMapping(PORT, SOON);
        assertTrue(Pause.until(SOON, gateway::hasSubscriber));
        gateway.change(ways -> ways.external = "11.22.33.99");
        assertTrue(gateway.tellAddress().startsWith("HTTP/1.1 200"));
        mapper.await(News.ExternalAddressChanged.class, news -> true, SOON);
        var mapped = mapper.await(News.Mapped.class, news -> true, SOON).mapping();
        assertEquals("11.22.33.99:51820", mapped.external().toString());
    }

    @Test
    void permanentMappingIsMadeOnlyOnceItIsWrittenDown() throws Exception {
        speaks(Speech.UPNP);
        gateway.change(ways -> ways.permanentOnly = true);
        mapper.want(PORT);
        mapper.await(News.PermanentAhead.class, ahead -> true, SOON);
        assertEquals(List.of(), gateway.table());
        mapper.note(Wanted.udp(PORT));
        assertEquals(0, mapper.awaitMapping(PORT, SOON).leaseSeconds());
        assertEquals(Set.of(), mapper.stop());
        assertEquals(List.of(), gateway.table());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "UPnP IGD"})
    void entryIsOursWhateverTheDeviceCallsIt(String description) throws Exception {
        speaks(Speech.UPNP);
        gateway.change(ways -> ways.describes = Optional.of(description));
        mapper.want(PORT);
        assertEquals(Protocol.UPNP, mapper.awaitMapping(PORT, SOON).source());
        assertEquals(Set.of(), mapper.stop());
        assertEquals(List.of(), gateway.table());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void deviceThatPlaysATrickIsLeftForTheNext(Trick trick) throws Exception {
        speaks(Speech.UPNP);
        gateway.change(ways -> ways.trick = trick);
        mapper.want(PORT);
        assertEquals(Protocol.UPNP, mapper.awaitMapping(PORT, AFTER_A_TRICK).source());
        assertEquals(List.of("UPNP 17 51820 -> 192.168.77.2:51820"), gateway.table());
        assertTrue(gateway.largestAnswer() < MOST_TAKEN, () -> "took " + gateway.largestAnswer());
        var descriptions = gateway.heard().stream()
                .filter(one -> one.what() == Question.DESCRIPTION)
                .toList();
        assertTrue(descriptions.size() >= 2, "the trick was not tried");
        assertTrue(descriptions.size() <= 4, () -> "asked too often: " + descriptions);
        long nanos = descriptions.getLast().at() - descriptions.getFirst().at();
        assertTrue(nanos < Duration.ofMillis(2500).toNanos(), () -> "left after " + nanos + " ns");
    }

    @Test
    void silentGatewayIsAskedAFewTimesAndThenLeft() throws Exception {
        speaks();
        mapper.want(PORT);
        for (var protocol : Protocol.values()) {
            assertTrue(
                    Pause.until(
                            Duration.ofSeconds(8),
                            () -> mapper.presence(protocol) instanceof Presence.Absent absent && !absent.answered()),
                    protocol::word);
        }
        assertEquals(4, questions(Speech.PCP));
        assertEquals(4, questions(Speech.NAT_PMP));
        // Two rounds of three searches.
        assertEquals(6, questions(Speech.UPNP));
    }

    private long questions(Speech speech) {
        return gateway.heard().stream()
                .map(Heard::what)
                .filter(what -> what.speech() == speech)
                .count();
    }
}
