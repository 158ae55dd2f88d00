package dev.reroam.portmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.pcp.PcpNonce;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** With mappers that only write down what they are told. */
class PortMappersTest {

    private static final Uplink WAN1 = uplink(3, "192.0.2.1", "192.0.2.7");
    private static final Uplink WAN2 = uplink(4, "198.51.100.1", "198.51.100.7");
    private static final Wanted PORT = Wanted.udp(51820);

    private final VirtualLoop time = new VirtualLoop();
    private final List<FakeMapper> made = new ArrayList<>();
    private final List<PermanentMapping> written = new ArrayList<>();
    private final List<News> told = new ArrayList<>();
    private int refusals;
    private CompletableFuture<Void> disk = CompletableFuture.completedFuture(null);

    private final PortMappers mappers = new PortMappers(
            time.loop(),
            time.clock(),
            this::make,
            true,
            new PortMappers.Book() {
                @Override
                public CompletionStage<Void> before(PermanentMapping mapping) {
                    written.add(mapping);
                    return disk;
                }

                @Override
                public void gone(PermanentMapping mapping) {
                    written.removeIf(one -> one.wanted().equals(mapping.wanted()));
                }

                @Override
                public List<PermanentMapping> standing() {
                    return List.copyOf(written);
                }
            },
            (uplink, news) -> told.add(news));

    private GatewayMapper make(UplinkFacts uplink, Known known, Consumer<News> listener) throws LinuxException {
        if (refusals > 0) {
            refusals--;
            throw new LinuxException("bind", Errno.EADDRNOTAVAIL);
        }
        return new FakeMapper(uplink, known, listener);
    }

    private final class FakeMapper implements GatewayMapper {
        private final UplinkFacts uplink;
        private final Consumer<News> listener;
        private final Known known;
        private boolean greeted;
        private Set<Wanted> wanted = Set.of();
        private final List<String> calls = new ArrayList<>();
        private boolean closed;

        FakeMapper(UplinkFacts uplink, Known known, Consumer<News> listener) {
            this.known = known;
            this.uplink = uplink;
            this.listener = listener;
            made.add(this);
        }

        private boolean isOf(Uplink other) {
            return uplink.local().equals(other.source());
        }

        @Override
        public void want(Set<Wanted> ports) {
            wanted = ports;
        }

        @Override
        public void greet() {
            greeted = true;
        }

        @Override
        public void checkAll(String why) {
            calls.add("check: " + why);
        }

        @Override
        public void takeBack(Wanted port, int externalPort) {
            calls.add("take back " + port);
        }

        @Override
        public void permanentNoted(Wanted port) {
            calls.add("noted " + port);
        }

        @Override
        public void stop() {
            calls.add("stop");
        }

        @Override
        public UplinkMapper state() {
            return UplinkMapper.of(uplink.gateway(), uplink.local(), new PcpNonce(1, 2), true, new Chance(1), 0)
                    .knowing(new Known(Optional.empty(), Set.of(Protocol.PCP)));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static Uplink uplink(int index, String gateway, String source) {
        return new Uplink(index, "wan" + index, Optional.of(IpAddress.parse(gateway)), IpAddress.parse(source));
    }

    private void pass(long seconds) {
        for (long i = 0; i < seconds; i++) {
            time.jump(1, TimeUnit.SECONDS);
        }
    }

    private void follow(Uplink... uplinks) {
        var all = new java.util.HashMap<Uplink, Set<Wanted>>();
        for (Uplink uplink : uplinks) {
            all.put(uplink, Set.of(PORT));
        }
        mappers.follow(all);
    }

    @Test
    void mapsOverTheStandbyToo() {
        follow(WAN1, WAN2);
        assertEquals(2, made.size());
        made.forEach(mapper -> assertEquals(Set.of(PORT), mapper.wanted));
        assertTrue(mappers.state(WAN2).isPresent());
    }

    /** Its address is still tentative, say: nothing that we hear of happens when it is not any more. */
    @Test
    void mapperThatCouldNotBeMadeIsTriedAgainLessAndLessOften() {
        refusals = 3;
        follow(WAN1);
        pass(1);
        follow(WAN1);
        assertEquals(2, refusals, "not before its time");
        pass(4);
        assertEquals(1, refusals);
        pass(3);
        assertEquals(List.of(), made);
        pass(8);
        assertEquals(Set.of(PORT), made.getFirst().wanted);
    }

    @Test
    void asksNobodyWhereNoGatewayIsOrItsAddressIsOfTheOtherFamily() {
        follow(
                new Uplink(5, "ppp0", Optional.empty(), IpAddress.parse("192.0.2.7")),
                new Uplink(6, "wan", Optional.of(IpAddress.parse("fe80::1")), IpAddress.parse("192.0.2.8")));
        assertEquals(List.of(), made);
    }

    @Test
    void uplinkThatIsBackSoonKeepsItsMapperAndHasItAskAgain() {
        follow(WAN1);
        mappers.follow(Map.of());
        pass(20);
        follow(WAN1);
        pass(60);
        assertEquals(1, made.size());
        assertEquals(List.of("check: the uplink is back"), made.getFirst().calls);
    }

    /** Such as a PPP interface, which is another one each time. */
    @Test
    void mapperAtTheSamePlaceBeginsWithWhatTheOneBeforeHasLearnt() {
        follow(WAN1);
        assertEquals(Known.NOTHING, made.getFirst().known);
        follow(new Uplink(9, WAN1.interfaceName(), WAN1.gateway(), WAN1.source()));
        assertEquals(Set.of(Protocol.PCP), made.get(1).known.silent());
        pass(31);
        made.get(0).listener.accept(new News.Ended(Set.of()));
        mappers.follow(Map.of());
        pass(31);
        made.get(1).listener.accept(new News.Ended(Set.of()));
        follow(WAN1);
        assertEquals(Set.of(Protocol.PCP), made.get(2).known.silent());
        follow(WAN2);
        assertEquals(Known.NOTHING, made.get(3).known, "another gateway");
    }

    @Test
    void gatewayAtWhichNothingIsMappedIsListenedTo() {
        mappers.follow(Map.of(WAN1, Set.of()));
        assertEquals(Set.of(), made.getFirst().wanted);
        assertTrue(made.getFirst().greeted);
    }

    @Test
    void onlyTheGatewayOfAnUplinkThatChangedIsAskedAgain() {
        follow(WAN1, WAN2);
        mappers.checkAll(List.of(WAN2), "the network changed");
        for (var mapper : made) {
            assertEquals(mapper.isOf(WAN2) ? List.of("check: the network changed") : List.of(), mapper.calls);
        }
    }

    @Test
    void uplinkThatStaysAwayIsTakenBackAndMadeAnewOnlyWhenThatIsOver() {
        follow(WAN1);
        mappers.follow(Map.of());
        pass(31);
        assertEquals(List.of("stop"), made.getFirst().calls);
        follow(WAN1);
        assertEquals(1, made.size());
        made.getFirst().listener.accept(new News.Ended(Set.of()));
        pass(1);
        assertTrue(made.getFirst().closed);
        assertEquals(2, made.size());
    }

    @Test
    void permanentMappingIsWrittenDownFirst() {
        disk = new CompletableFuture<>();
        follow(WAN1);
        made.getFirst().listener.accept(new News.PermanentAhead(PORT, 40000));
        assertEquals(List.of(new PermanentMapping(IpAddress.parse("192.0.2.1"), WAN1.source(), PORT, 40000)), written);
        assertEquals(List.of(), made.getFirst().calls);
        disk.complete(null);
        assertEquals(List.of("noted udp 51820"), made.getFirst().calls);
        made.getFirst().listener.accept(new News.PermanentGone(PORT));
        assertEquals(List.of(), written);
        assertEquals(2, told.size());
    }

    @Test
    void permanentMappingThatCannotBeWrittenDownIsNotMade() {
        disk = CompletableFuture.failedFuture(new IllegalStateException("disk full"));
        follow(WAN1);
        made.getFirst().listener.accept(new News.PermanentAhead(PORT, 40000));
        assertEquals(List.of(), made.getFirst().calls);
    }

    @Test
    void whatAFormerRunWroteDownIsTakenBackAtItsGatewayAlone() {
        written.add(new PermanentMapping(IpAddress.parse("198.51.100.1"), WAN2.source(), PORT, 40000));
        follow(WAN1, WAN2);
        for (var mapper : made) {
            assertEquals(mapper.isOf(WAN2) ? List.of("take back udp 51820") : List.of(), mapper.calls);
        }
    }

    @Test
    void stopIsOverWhenTheLastGatewayHasAnswered() {
        follow(WAN1, WAN2);
        var stopped = mappers.stop();
        made.get(0).listener.accept(new News.Ended(Set.of()));
        assertFalse(stopped.isDone());
        made.get(1).listener.accept(new News.Ended(Set.of(PORT)));
        assertTrue(stopped.isDone());
        follow(WAN1);
        assertEquals(2, made.size(), "nothing is made after the stop");
    }
}
