package dev.reroam.lookout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.Neighbour;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewaysTest {

    // linux/neighbour.h
    private static final int INCOMPLETE = 0x01;
    private static final int REACHABLE = 0x02;
    private static final int STALE = 0x04;
    private static final int PROBE = 0x10;
    private static final int FAILED = 0x20;
    private static final int NOARP = 0x40;
    // What the fake keeps whatever is asked: no entry, or one that just moved.
    private static final int POINT_TO_POINT = 0;

    private static final IpAddress ADDRESS = IpAddress.parse("192.0.2.1");
    private static final Uplink UPLINK = new Uplink(2, "wan1", Optional.of(ADDRESS), IpAddress.parse("192.0.2.2"));

    private final VirtualLoop time = new VirtualLoop();
    private final List<String> done = new ArrayList<>();
    private int state = STALE;
    private boolean permitted = true;
    private final Gateways gateways = new Gateways(
            time.loop(),
            time.clock(),
            true,
            new Gateways.Neighbours() {
                @Override
                public Optional<Neighbour> read(int link, IpAddress address) {
                    return state == 0 ? Optional.empty() : Optional.of(new Neighbour(link, address, "", state, 0));
                }

                @Override
                public void probe(Neighbour known) throws LinuxException {
                    act("probe " + known.address(), PROBE);
                }

                @Override
                public void seek(int link, IpAddress address) throws LinuxException {
                    act("seek " + address, INCOMPLETE);
                }

                @Override
                public void forget(Neighbour known) throws LinuxException {
                    act("forget " + known.address(), FAILED);
                }

                private void act(String what, int next) throws LinuxException {
                    if (!permitted) {
                        throw new LinuxException(what, Errno.EPERM);
                    }
                    done.add(what);
                    state = state == POINT_TO_POINT ? state : next;
                }

                @Override
                public void close() {}
            },
            (uplink, answers) -> done.add(uplink.interfaceName() + " " + answers));

    @AfterEach
    void close() {
        gateways.close();
    }

    private void pass(int millis) {
        for (int i = 0; i < millis; i++) {
            time.jump(1, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void tellsAnAnswerAtTheNextLook() {
        gateways.ask(UPLINK);
        gateways.ask(UPLINK);
        pass(60);
        state = REACHABLE;
        pass(89);
        assertEquals(List.of("probe 192.0.2.1"), done);
        pass(2);
        assertEquals(List.of("probe 192.0.2.1", "wan1 true"), done);
        pass(5_000);
        assertEquals(2, done.size());
        assertEquals(1, gateways.asked(UPLINK));
    }

    @Test
    void isSilentOnlyAfterTheSecondQuestion() {
        state = FAILED;
        gateways.ask(UPLINK);
        pass(1_399);
        assertEquals(List.of("seek 192.0.2.1"), done);
        pass(2);
        assertEquals(List.of("seek 192.0.2.1", "wan1 false"), done);
    }

    @Test
    void doesNotWaitForOneThatTheKernelHasGivenUp() {
        state = FAILED;
        gateways.ask(UPLINK);
        state = FAILED;
        pass(3);
        assertEquals(List.of("seek 192.0.2.1", "wan1 false"), done);
    }

    @Test
    void beginsAnewOnlyWhereItIsBeingLookedFor() {
        for (int known : List.of(REACHABLE, STALE, PROBE, FAILED, NOARP, POINT_TO_POINT)) {
            state = known;
            gateways.seekAnew(UPLINK);
        }
        assertEquals(List.of(), done);
        state = INCOMPLETE;
        gateways.seekAnew(UPLINK);
        assertEquals(List.of("forget 192.0.2.1", "seek 192.0.2.1"), done);
        assertEquals(1, gateways.asked(UPLINK));
    }

    @Test
    void leavesAloneWhatNeedsNoAnswerAndWhatHasNoGateway() {
        state = NOARP;
        gateways.ask(UPLINK);
        state = STALE;
        gateways.ask(new Uplink(3, "ppp0", Optional.empty(), IpAddress.parse("192.0.2.3")));
        pass(3_000);
        assertEquals(List.of(), done);
    }

    @Test
    void saysNothingOfALinkThatHasNoNeighbours() {
        state = POINT_TO_POINT;
        gateways.ask(UPLINK);
        pass(3_000);
        assertEquals(List.of("seek 192.0.2.1"), done);
    }

    /** Another router has taken over the address, and said so. */
    @Test
    void saysNothingOfOneThatMovedMeanwhile() {
        gateways.ask(UPLINK);
        pass(1_000);
        state = STALE;
        pass(2_000);
        assertEquals(List.of("probe 192.0.2.1"), done);
    }

    @Test
    void saysNothingWithoutTheRight() {
        permitted = false;
        gateways.ask(UPLINK);
        permitted = true;
        gateways.ask(UPLINK);
        pass(3_000);
        assertEquals(List.of(), done);
    }
}
