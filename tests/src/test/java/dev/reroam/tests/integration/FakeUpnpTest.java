package dev.reroam.tests.integration;

import static dev.reroam.tests.integration.FakeGatewayBed.PORT;
import static dev.reroam.tests.integration.FakeGatewayBed.SOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.portmap.News;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.gateway.FakeGateway;
import dev.reroam.tests.lab.gateway.Heard.Question;
import dev.reroam.tests.lab.gateway.Speech;
import dev.reroam.tests.lab.gateway.Trick;
import dev.reroam.tests.lab.gateway.Ways.OtherService;
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

/** UPnP devices that refuse, that play tricks and send documents that nobody should read: the real mapper over real sockets. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(60)
class FakeUpnpTest {

    /** Another gateway on the same network. */
    private static final String OTHER = "192.168.77.11";
    // Two seconds for an answer over HTTP, and what a search takes.
    private static final Duration AFTER_A_TRICK = Duration.ofSeconds(6);
    // Of our reading: 64 KiB; and what both kernels hold of what nobody reads.
    private static final long MOST_TAKEN = 1_000_000;

    private FakeGatewayBed bed;

    @BeforeEach
    void begin() throws Exception {
        bed = new FakeGatewayBed();
    }

    @AfterEach
    void end() throws Exception {
        bed.close();
    }

    /** UDA section 1.3.3: the answer comes from whatever port; the address is what counts. */
    @Test
    void upnpDeviceThatAnswersFromAnotherPortIsFound() throws Exception {
        bed.speaks(Speech.UPNP);
        bed.gateway.change(ways -> ways.foundFromAnotherPort = true);
        bed.mapper.want(PORT);
        assertEquals(Protocol.UPNP, bed.mapper.awaitMapping(PORT, SOON).source());
    }

    /** Connected and public before connected, connected before public. */
    @ParameterizedTest
    @CsvSource({"Disconnected, 0.0.0.0", "Disconnected, 11.22.33.9", "Connected, 192.168.9.9"})
    void serviceThatCanMapNothingIsLeftForTheNext(String status, String external) throws Exception {
        bed.speaks(Speech.UPNP);
        bed.gateway.change(ways -> ways.otherServiceFirst = Optional.of(new OtherService(status, external)));
        bed.mapper.want(PORT);
        assertEquals(
                "11.22.33.1:51820",
                bed.mapper.awaitMapping(PORT, SOON).external().toString());
    }

    @ParameterizedTest
    @CsvSource({"718, CONFLICT", "728, NO_RESOURCES", "606, NOT_AUTHORISED"})
    void refusalOfEveryMappingIsSaidAndNotAskedForTightly(int error, Refusal refusal) throws Exception {
        bed.speaks(Speech.UPNP);
        bed.gateway.change(ways -> ways.upnpError = OptionalInt.of(error));
        bed.mapper.want(PORT);
        assertEquals(
                refusal,
                bed.mapper.await(News.Refused.class, refused -> true, SOON).refusal());
        int asked = bed.gateway.count(Question.ACTION);
        Pause.of(Duration.ofSeconds(2));
        assertEquals(
                asked,
                bed.gateway.count(Question.ACTION),
                () -> bed.gateway.heard().toString());
        assertEquals(List.of(), bed.gateway.table());
    }

    /** Error 402 is how some say 725; one that says it of a permanent mapping too makes none. */
    @ParameterizedTest
    @CsvSource({"402, MALFORMED", "725, OTHER"})
    void permanentMappingThatIsRefusedTooIsNotAskedForAgain(int error, Refusal refusal) throws Exception {
        bed.speaks(Speech.UPNP);
        bed.gateway.change(ways -> ways.upnpError = OptionalInt.of(error));
        bed.mapper.want(PORT);
        bed.mapper.await(News.PermanentAhead.class, ahead -> true, SOON);
        bed.mapper.note(Wanted.udp(PORT));
        assertEquals(
                refusal,
                bed.mapper.await(News.Refused.class, refused -> true, SOON).refusal());
        assertEquals(List.of(), bed.gateway.table());
        assertEquals(Set.of(), bed.mapper.stop());
    }

    @Test
    void portThatSomebodyElseHasIsLeftToHim() throws Exception {
        bed.speaks(Speech.UPNP);
        bed.gateway.change(ways -> ways.igd = 1);
        bed.gateway.occupy(PORT, "192.168.77.9");
        bed.mapper.want(PORT);
        assertNotEquals(PORT, bed.mapper.awaitMapping(PORT, SOON).external().port());
        assertEquals(Set.of(), bed.mapper.stop());
        assertEquals(List.of("UPNP 17 51820 -> 192.168.77.9:51820"), bed.gateway.table());
    }

    /** The other one answers the group too, and announces itself. */
    @Test
    void gatewayThatIsNotOnThePathGetsNoEntry() throws Exception {
        bed.router.run("ip", "address", "add", OTHER + "/24", "dev", "lan");
        try (var other = FakeGateway.start(bed.router, "lan", OTHER)) {
            bed.speaks(Speech.UPNP);
            other.announce();
            bed.mapper.want(PORT);
            assertEquals(Protocol.UPNP, bed.mapper.awaitMapping(PORT, SOON).source());
            other.announce();
            assertEquals(List.of("UPNP 17 51820 -> 192.168.77.2:51820"), bed.gateway.table());
            assertTrue(other.count(Question.SEARCH) > 0, "it was not heard");
            assertEquals(0, other.count(Question.DESCRIPTION));
            assertEquals(List.of(), other.table());
        }
    }

    @Test
    void eventOfAnotherAddressIsHeardOnlyByTheSubscriber() throws Exception {
        bed.speaks(Speech.UPNP);
        bed.mapper.want(PORT);
        bed.mapper.awaitMapping(PORT, SOON);
        assertTrue(Pause.until(SOON, bed.gateway::hasSubscriber));
        bed.gateway.change(ways -> ways.external = "11.22.33.99");
        assertTrue(bed.gateway.tellAddress().startsWith("HTTP/1.1 200"));
        bed.mapper.await(News.ExternalAddressChanged.class, news -> true, SOON);
        var mapped = bed.mapper.await(News.Mapped.class, news -> true, SOON).mapping();
        assertEquals("11.22.33.99:51820", mapped.external().toString());
    }

    @Test
    void permanentMappingIsMadeOnlyOnceItIsWrittenDown() throws Exception {
        bed.speaks(Speech.UPNP);
        bed.gateway.change(ways -> ways.permanentOnly = true);
        bed.mapper.want(PORT);
        bed.mapper.await(News.PermanentAhead.class, ahead -> true, SOON);
        assertEquals(List.of(), bed.gateway.table());
        bed.mapper.note(Wanted.udp(PORT));
        assertEquals(0, bed.mapper.awaitMapping(PORT, SOON).leaseSeconds());
        assertEquals(Set.of(), bed.mapper.stop());
        assertEquals(List.of(), bed.gateway.table());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "UPnP IGD"})
    void entryIsOursWhateverTheDeviceCallsIt(String description) throws Exception {
        bed.speaks(Speech.UPNP);
        bed.gateway.change(ways -> ways.describes = Optional.of(description));
        bed.mapper.want(PORT);
        assertEquals(Protocol.UPNP, bed.mapper.awaitMapping(PORT, SOON).source());
        assertEquals(Set.of(), bed.mapper.stop());
        assertEquals(List.of(), bed.gateway.table());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void deviceThatPlaysATrickIsLeftForTheNext(Trick trick) throws Exception {
        bed.speaks(Speech.UPNP);
        bed.gateway.change(ways -> ways.trick = trick);
        bed.mapper.want(PORT);
        assertEquals(Protocol.UPNP, bed.mapper.awaitMapping(PORT, AFTER_A_TRICK).source());
        assertEquals(List.of("UPNP 17 51820 -> 192.168.77.2:51820"), bed.gateway.table());
        assertTrue(bed.gateway.largestAnswer() < MOST_TAKEN, () -> "took " + bed.gateway.largestAnswer());
        var descriptions = bed.gateway.heard().stream()
                .filter(one -> one.what() == Question.DESCRIPTION)
                .toList();
        assertTrue(descriptions.size() >= 2, "the trick was not tried");
        assertTrue(descriptions.size() <= 4, () -> "asked too often: " + descriptions);
        long nanos = descriptions.getLast().at() - descriptions.getFirst().at();
        assertTrue(nanos < Duration.ofMillis(2500).toNanos(), () -> "left after " + nanos + " ns");
    }
}
