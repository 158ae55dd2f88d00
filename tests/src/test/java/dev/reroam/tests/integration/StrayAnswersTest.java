package dev.reroam.tests.integration;

import static dev.reroam.tests.integration.FakeGatewayBed.PORT;
import static dev.reroam.tests.integration.FakeGatewayBed.SOON;
import static dev.reroam.tests.integration.FakeGatewayBed.protocol;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.portmap.News;
import dev.reroam.portmap.Presence;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.gateway.Heard.Question;
import dev.reroam.tests.lab.gateway.Speech;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers that come from elsewhere, late or twice: the real mapper over real sockets. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(60)
class StrayAnswersTest {

    /** Another gateway on the same network. */
    private static final String OTHER = "192.168.77.11";

    private FakeGatewayBed bed;

    @BeforeEach
    void begin() throws Exception {
        bed = new FakeGatewayBed();
    }

    @AfterEach
    void end() throws Exception {
        bed.close();
    }

    @Test
    void answersFromAnotherPortDoNotCount() throws Exception {
        bed.speaks(Speech.PCP, Speech.NAT_PMP);
        bed.gateway.change(ways -> ways.fromAnotherPort = true);
        bed.mapper.want(PORT);
        bed.mapper.await(
                News.Probed.class,
                probed -> probed.protocol() == Protocol.PCP && probed.presence() instanceof Presence.Absent,
                Duration.ofSeconds(8));
        assertEquals(List.of(), bed.mapper.mappings());
        assertTrue(bed.mapper.dropped() > 0);
        // Four questions in each of the two, and no more.
        assertTrue(
                bed.questions(Speech.PCP) + bed.questions(Speech.NAT_PMP) <= 8,
                () -> bed.gateway.heard().toString());
    }

    @Test
    void answersFromAnotherAddressDoNotCount() throws Exception {
        bed.speaks(Speech.PCP, Speech.NAT_PMP);
        bed.router.run("ip", "address", "add", OTHER + "/24", "dev", "lan");
        bed.gateway.change(ways -> ways.fromAnotherAddress = Optional.of(OTHER));
        bed.mapper.want(PORT);
        bed.mapper.await(
                News.Probed.class,
                probed -> probed.protocol() == Protocol.PCP && probed.presence() instanceof Presence.Absent,
                Duration.ofSeconds(8));
        assertEquals(List.of(), bed.mapper.mappings());
        assertTrue(bed.mapper.dropped() > 0);
    }

    @Test
    void answerWithAnotherNonceDoesNotCountAndIsNotAskedForTightly() throws Exception {
        bed.speaks(Speech.PCP);
        bed.gateway.change(ways -> ways.wrongNonce = true);
        bed.mapper.want(PORT);
        assertTrue(Pause.until(Duration.ofSeconds(8), () -> bed.gateway.count(Question.PCP_MAP) == 4));
        assertTrue(Pause.until(SOON, () -> bed.mapper.dropped() >= 4));
        assertEquals(List.of(), bed.mapper.mappings());
        Pause.of(Duration.ofSeconds(2));
        assertEquals(
                4,
                bed.gateway.count(Question.PCP_MAP),
                () -> bed.gateway.heard().toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"PCP", "NAT_PMP"})
    void lateDuplicatesAreDroppedAndCounted(Speech speech) throws Exception {
        bed.speaks(speech);
        bed.gateway.change(ways -> ways.repeatsLate = true);
        bed.mapper.want(PORT);
        assertEquals(protocol(speech), bed.mapper.awaitMapping(PORT, SOON).source());
        assertTrue(Pause.until(SOON, () -> bed.mapper.dropped() > 0));
        assertEquals(1, bed.mapper.mappings().size());
        assertEquals(1, bed.gateway.mostAtOnce());
    }

    @ParameterizedTest
    @EnumSource
    void answersAfter900MillisecondsAreGoodEnough(Speech speech) throws Exception {
        bed.speaks(speech);
        bed.gateway.change(ways -> ways.thinks = Duration.ofMillis(900));
        bed.mapper.want(PORT);
        assertEquals(
                protocol(speech),
                bed.mapper.awaitMapping(PORT, Duration.ofSeconds(15)).source());
        assertEquals(1, bed.gateway.mostAtOnce());
    }
}
