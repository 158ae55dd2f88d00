package dev.reroam.tunnel.tailscale.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.loop.VirtualLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** When somebody looks whether the control server is heard, and what is told then. */
class ControlWatchTest {

    private static final IpAddress SERVER = IpAddress.parse("192.200.0.101");
    private static final IpAddress OTHER = IpAddress.parse("192.200.0.102");

    private final VirtualLoop time = new VirtualLoop();
    private final Server server = new Server();
    private final List<Told> told = new ArrayList<>();
    private final ControlWatch watch = new ControlWatch(
            time.loop(),
            time.clock(),
            server,
            TimeUnit.SECONDS.toNanos(120),
            (servers, nanos) -> told.add(new Told(servers, nanos)));

    private record Told(List<IpAddress> servers, long silentNanos) {}

    /** A control server, and the connection with it. */
    private final class Server implements ControlWatch.Means {
        List<IpAddress> addresses = List.of(SERVER);
        boolean connected = true;
        boolean ours = true;
        long spokeAt;
        int looks;
        int questions;
        Set<IpAddress> asked = Set.of();

        @Override
        public void resolve(String host, Consumer<List<IpAddress>> then) {
            questions++;
            then.accept(addresses);
        }

        @Override
        public void silence(Set<IpAddress> servers, Consumer<OptionalLong> then) {
            looks++;
            asked = servers;
            then.accept(connected ? OptionalLong.of(age()) : OptionalLong.empty());
        }

        @Override
        public void isOurs(Set<IpAddress> servers, long millis, Consumer<Boolean> then) {
            then.accept(ours);
        }

        long age() {
            return TimeUnit.NANOSECONDS.toMillis(time.now() - spokeAt);
        }
    }

    private void pass(long seconds) {
        for (long i = 0; i < seconds * 10; i++) {
            time.jump(100, TimeUnit.MILLISECONDS);
        }
    }

    private void follow() {
        watch.follow(Optional.of("control.example"));
    }

    @Test
    void aHealthyIdleNodeIsNeverSuspectedIn24Hours() {
        follow();
        for (int minute = 0; minute < 24 * 60; minute++) {
            // With the server's own jitter, and a keepalive that TCP had to send again.
            pass(minute % 7 == 0 ? 66 : 54);
            server.spokeAt = time.now();
        }
        assertEquals(List.of(), told);
        assertTrue(server.looks <= 2 * 24 * 60, () -> server.looks + " looks");
        assertTrue(server.questions <= 24 * 6 + 1, () -> server.questions + " questions");
    }

    @Test
    void silenceIsToldWhenTwoMinutesAreOverAndItsEndSoonAfter() {
        follow();
        pass(70);
        server.spokeAt = time.now();
        pass(119);
        assertEquals(List.of(), told);
        pass(2);
        assertEquals(1, told.size());
        assertEquals(List.of(SERVER), told.getFirst().servers());
        long silent = TimeUnit.NANOSECONDS.toMillis(told.getFirst().silentNanos());
        assertTrue(silent >= 120_000 && silent < 121_000, () -> silent + " ms");
        server.spokeAt = time.now();
        pass(3);
        assertEquals(2, told.size());
        assertTrue(told.getLast().silentNanos() < TimeUnit.SECONDS.toNanos(3));
        pass(50);
        assertEquals(2, told.size(), "and not again");
    }

    @Test
    void whileNothingHelpsItIsLookedForLessAndLess() {
        follow();
        pass(120);
        int before = server.looks;
        pass(600);
        assertTrue(server.looks - before < 20, () -> server.looks - before + " looks");
        assertTrue(told.size() > 5, "but still told");
    }

    @Test
    void whereItHasNoConnectionAfterwardsItIsLookedForLessAndLess() {
        follow();
        pass(125);
        assertTrue(!told.isEmpty());
        server.connected = false;
        server.addresses = List.of();
        int looks = server.looks;
        int questions = server.questions;
        pass(3_600);
        assertTrue(server.looks - looks <= 70, () -> server.looks - looks + " looks");
        assertTrue(server.questions - questions <= 7, () -> server.questions - questions + " questions");
        server.connected = true;
        server.spokeAt = time.now();
        told.clear();
        pass(61);
        assertEquals(1, told.size(), "and its end is told");
    }

    @Test
    void noConnectionIsNoSilence() {
        server.connected = false;
        follow();
        pass(600);
        assertEquals(List.of(), told);
    }

    @Test
    void somebodyElsesConnectionIsNoneOfTailscaleds() {
        server.ours = false;
        follow();
        pass(600);
        assertEquals(List.of(), told);
    }

    @Test
    void aWarningOfTailscaledsIsFollowedAtOnce() {
        follow();
        pass(130);
        told.clear();
        server.spokeAt = time.now();
        pass(10);
        told.clear();
        int before = server.looks;
        watch.lookSoon();
        pass(3);
        assertEquals(before + 1, server.looks);
    }

    @Test
    void aServerThatMovedIsKnownByBothItsAddresses() {
        follow();
        pass(61);
        assertEquals(Set.of(SERVER), server.asked);
        server.addresses = List.of(OTHER);
        pass(660);
        assertEquals(Set.of(SERVER, OTHER), server.asked);
        server.addresses = List.of();
        pass(660);
        assertEquals(Set.of(SERVER, OTHER), server.asked, "nobody answers for a while");
    }

    @Test
    void anotherServerIsAnotherMatter() {
        follow();
        pass(61);
        server.addresses = List.of(OTHER);
        watch.follow(Optional.of("headscale.example"));
        pass(61);
        assertEquals(Set.of(OTHER), server.asked);
    }

    @Test
    void withNobodyToWatchNobodyLooks() {
        follow();
        watch.follow(Optional.empty());
        watch.lookSoon();
        pass(200);
        assertEquals(0, server.looks);
        follow();
        watch.close();
        pass(200);
        assertEquals(0, server.looks);
    }

    @Test
    void aNameThatNobodyKnowsIsAskedForAgain() {
        server.addresses = List.of();
        follow();
        pass(130);
        assertEquals(0, server.looks);
        server.addresses = List.of(SERVER);
        server.spokeAt = time.now();
        pass(61);
        assertEquals(1, server.looks);
    }
}
