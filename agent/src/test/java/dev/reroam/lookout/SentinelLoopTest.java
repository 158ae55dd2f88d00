package dev.reroam.lookout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.sentinel.Sentinel;
import dev.reroam.sentinel.SentinelConfig;
import dev.reroam.sentinel.SentinelEffect;
import dev.reroam.sentinel.SentinelEffect.PublicSeen;
import dev.reroam.sentinel.SentinelEvent;
import dev.reroam.sentinel.SentinelEvent.Answered;
import dev.reroam.sentinel.SentinelEvent.Refused;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The sentinel with its clock, over an uplink that is a function. */
class SentinelLoopTest {

    private static final Uplink WAN =
            new Uplink(3, "wan", Optional.of(IpAddress.parse("192.0.2.1")), IpAddress.parse("192.0.2.7"));
    private static final List<Endpoint> SERVERS =
            List.of(Endpoint.parse("198.51.100.1:3478"), Endpoint.parse("198.51.100.2:3478"));

    private final VirtualLoop time = new VirtualLoop();
    private final List<PublicSeen> told = new ArrayList<>();
    private final Set<Long> sockets = new HashSet<>();
    private Optional<Endpoint> mapped = Optional.of(Endpoint.parse("203.0.113.9:40000"));
    private boolean refusing;
    private int packets;

    private final SentinelLoop sentinel = new SentinelLoop(
            time.loop(),
            time.clock(),
            new Sentinel(SentinelConfig.standard(SentinelConfig.EVERY)),
            7,
            new Questions() {
                @Override
                public void ask(SentinelEffect.Ask ask, Consumer<SentinelEvent> then) {
                    packets++;
                    sockets.add(ask.port());
                    if (refusing) {
                        then.accept(new Refused(ask.question(), "another way"));
                    } else {
                        mapped.ifPresent(to -> then.accept(new Answered(ask.question(), to, 1_000_000)));
                    }
                }

                @Override
                public void leave(Uplink uplink, long port) {
                    sockets.remove(port);
                }
            },
            this::onFact);

    private void onFact(SentinelEffect.Fact fact) {
        if (fact instanceof PublicSeen seen) {
            told.add(seen);
        }
    }

    private void begin() {
        sentinel.accept(new SentinelEvent.ServersSeen(SERVERS));
        sentinel.accept(new SentinelEvent.UplinksSeen(List.of(WAN)));
    }

    @Test
    void asksAtOnceAndThenEveryFifteenSeconds() {
        begin();
        assertEquals(1, packets);
        assertEquals(1, told.size());
        time.pass(10, TimeUnit.MINUTES);
        assertTrue(packets >= 36 && packets <= 46, packets + " packets");
        assertEquals(1, told.size());
    }

    @Test
    void tellsAnAddressThatIsAnother() {
        begin();
        time.pass(1, TimeUnit.MINUTES);
        mapped = Optional.of(Endpoint.parse("203.0.113.77:40001"));
        time.pass(20, TimeUnit.SECONDS);
        assertEquals(2, told.size());
        assertEquals(mapped.get().address(), told.getLast().mapped().address());
        assertEquals(Optional.of(IpAddress.parse("203.0.113.9")), told.getLast().before());
    }

    @Test
    void staysWithinItsBudgetWhereEverythingIsRefusedAtOnce() {
        refusing = true;
        begin();
        time.pass(10, TimeUnit.MINUTES);
        assertTrue(packets <= 120, packets + " packets");
        assertEquals(List.of(), told);
    }

    @Test
    void keepsNoMoreSocketsThanItNeedsAndNoneOfAnUplinkThatIsGone() {
        begin();
        time.pass(1, TimeUnit.MINUTES);
        mapped = Optional.empty();
        time.pass(30, TimeUnit.MINUTES);
        assertTrue(sockets.size() <= 2, "sockets " + sockets);
        sentinel.accept(new SentinelEvent.UplinksSeen(List.of()));
        assertEquals(Set.of(), sockets);
        int before = packets;
        time.pass(10, TimeUnit.MINUTES);
        assertEquals(before, packets);
    }

    @Test
    void whatIsClosedIsQuiet() {
        begin();
        sentinel.close();
        int before = packets;
        time.pass(10, TimeUnit.MINUTES);
        assertEquals(before, packets);
    }
}
