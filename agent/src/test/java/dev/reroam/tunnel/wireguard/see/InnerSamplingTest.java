package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.tunnel.wireguard.FakeKernelDevices;
import dev.reroam.tunnel.wireguard.UapiClients;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is learned of the addresses inside a tunnel from what its peers send, on virtual time. */
class InnerSamplingTest {

    private static final Link LINK = new Link(
            8,
            "wgk",
            1,
            OperState.UP,
            65534,
            "wireguard",
            1420,
            OptionalInt.empty(),
            OptionalInt.empty(),
            Optional.empty());

    private static final WireGuardKey SITE = new WireGuardKey(1, 2, 3, 4);
    private static final WireGuardKey OTHER = new WireGuardKey(5, 6, 7, 8);
    private static final long MUCH = 100_000;

    /** Somebody who listened, or still does. */
    private static final class Ear {
        private final List<IpPrefix> from;
        private final Consumer<IpAddress> sources;
        private boolean open = true;

        Ear(List<IpPrefix> from, Consumer<IpAddress> sources) {
            this.from = from;
            this.sources = sources;
        }

        void hear(String source) {
            assertTrue(open, "closed");
            sources.accept(IpAddress.parse(source));
        }
    }

    private final VirtualLoop time = new VirtualLoop();
    private final FakeKernelDevices kernel = new FakeKernelDevices();
    private final List<Ear> ears = new ArrayList<>();
    private Optional<Errno> refusal = Optional.empty();
    private int tries;
    private DeviceSettings settings = DeviceSettings.NONE;
    private final Map<WireGuardKey, WireGuardPeer> peers = new HashMap<>();
    private final Map<String, PeerFacts> told = new HashMap<>();
    private Optional<DeviceWatch> watch = Optional.empty();

    private InnerTraffic.Ear listen(Link link, List<IpPrefix> from, Consumer<IpAddress> sources) throws LinuxException {
        tries++;
        assertEquals(LINK, link);
        if (refusal.isPresent()) {
            throw new LinuxException("fake", refusal.get());
        }
        var ear = new Ear(from, sources);
        ears.add(ear);
        return () -> ear.open = false;
    }

    private static WireGuardPeer peer(WireGuardKey key, long received, String... allowed) {
        return new WireGuardPeer(
                key,
                Optional.empty(),
                0,
                1,
                0,
                received,
                0,
                Arrays.stream(allowed).map(IpPrefix::parse).toList());
    }

    /** The device has these peers and those from before, and is read. */
    private void read(WireGuardPeer... changed) {
        Arrays.stream(changed).forEach(peer -> peers.put(peer.publicKey(), peer));
        kernel.devices.put(8, new WireGuardDevice(8, "wgk", Optional.of(OTHER), 7, 0, List.copyOf(peers.values())));
        if (watch.isPresent()) {
            watch.get().read("wgk");
            return;
        }
        DescriptorLoop none = (fd, onReadable) -> {
            throw new IllegalStateException("no descriptor here");
        };
        watch = Optional.of(new DeviceWatch(new DeviceWatch.Outside(
                none,
                time.loop(),
                task -> {},
                time.clock(),
                new UapiClients(none, time.loop(), time.clock(), new Random(1)),
                kernel,
                List.of(),
                Path.of("/nonexistent"),
                name -> settings,
                this::listen,
                observation -> {
                    if (observation instanceof DeviceSeen seen) {
                        seen.changedPeers().forEach(peer -> told.put(peer.key(), peer));
                    }
                })));
        watch.get().onLinks(List.of(LINK));
    }

    private void pass(long seconds) {
        time.jump(seconds, TimeUnit.SECONDS);
    }

    private Optional<String> lastSeen(WireGuardKey peer) {
        return told.get(peer.base64()).lastSeen().map(IpAddress::toString);
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.0/16, 10.1.2.3", "fd01::/48, fd01::7"})
    void learnsAnAddressOfAPeerThatNamesNone(String network, String source) {
        read(peer(SITE, MUCH, network));
        assertEquals(Optional.empty(), lastSeen(SITE));
        assertEquals(List.of(IpPrefix.parse(network)), ears.getFirst().from);
        ears.getFirst().hear(source);
        assertEquals(Optional.of(source), lastSeen(SITE));
        assertFalse(ears.getFirst().open, "one packet is enough");
    }

    /** What the brain is told after a reading is what was read then: a counter that stands still would mean silence. */
    @Test
    void tellsItWithAReadingOfItsOwn() {
        read(peer(SITE, MUCH, "10.1.0.0/16"));
        int before = kernel.readings;
        ears.getFirst().hear("10.1.2.3");
        assertEquals(before + 1, kernel.readings);
    }

    @Test
    void tellsItThoughNothingElseChanged() {
        var idle = peer(OTHER, 0, "10.2.0.0/16");
        read(peer(SITE, MUCH, "10.1.0.0/16"), idle);
        ears.getFirst().hear("10.1.2.3");
        assertEquals(MUCH, told.get(SITE.base64()).receivedBytes());
        assertEquals(Optional.of("10.1.2.3"), lastSeen(SITE));
        assertEquals(Optional.empty(), lastSeen(OTHER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.0.0/16,10.1.0.2/32", "fd01::/48,fd01::2/128"})
    void listensToNoPeerThatNamesAnAddress(String allowed) {
        read(peer(SITE, MUCH, allowed.split(",")));
        assertEquals(List.of(), ears);
    }

    @Test
    void listensToNoPeerWhoseProbeIsConfigured() {
        settings =
                new DeviceSettings(true, Optional.empty(), false, Map.of(SITE.base64(), IpAddress.parse("10.1.0.1")));
        read(peer(SITE, MUCH, "10.1.0.0/16"));
        assertEquals(List.of(), ears);
    }

    @Test
    void listensToNoPeerThatOnlyKeepsItselfAlive() {
        read(peer(SITE, 0, "10.1.0.0/16"));
        for (int minute = 1; minute < 10; minute++) {
            pass(60);
            read(peer(SITE, minute * 400L, "10.1.0.0/16"));
        }
        assertEquals(List.of(), ears);
        pass(60);
        read(peer(SITE, 400 * 9 + 1_000, "10.1.0.0/16"));
        assertEquals(1, ears.size());
    }

    @Test
    void stopsAfterSomeSecondsAndTriesAgainWithTheMinutesReading() {
        read(peer(SITE, MUCH, "10.1.0.0/16"));
        pass(4);
        assertTrue(ears.getFirst().open);
        pass(1);
        assertFalse(ears.getFirst().open);
        for (int i = 2; i < 50; i++) {
            pass(1);
            read(peer(SITE, i * MUCH, "10.1.0.0/16"));
        }
        assertEquals(1, ears.size(), "as often as the device is read");
        pass(7);
        read(peer(SITE, 100 * MUCH, "10.1.0.0/16"));
        assertEquals(2, ears.size());
    }

    @Test
    void doesNotListenOnAfterManyPacketsOfOthers() {
        read(peer(SITE, MUCH, "10.0.0.0/8"), peer(OTHER, MUCH, "10.2.0.0/16", "10.2.0.2/32"));
        for (int i = 0; i < 63; i++) {
            ears.getFirst().hear("10.2.0.2");
        }
        assertTrue(ears.getFirst().open);
        ears.getFirst().hear("10.2.0.2");
        assertFalse(ears.getFirst().open);
        assertEquals(Optional.empty(), lastSeen(SITE));
    }

    /** As WireGuard has it: the longest prefix says whose an address is. */
    @Test
    void takesAnAddressForThatOfThePeerThatHasIt() {
        read(peer(SITE, MUCH, "10.0.0.0/8"), peer(OTHER, MUCH, "10.2.0.0/16"));
        ears.getFirst().hear("10.2.0.2");
        assertEquals(Optional.of("10.2.0.2"), lastSeen(OTHER));
        assertEquals(Optional.empty(), lastSeen(SITE));
        assertTrue(ears.getFirst().open, "one is still wanted");
        pass(2);
        read(peer(OTHER, MUCH + 100, "10.2.0.0/16"));
        ears.getFirst().hear("10.3.0.3");
        assertEquals(Optional.of("10.3.0.3"), lastSeen(SITE));
        assertFalse(ears.getFirst().open);
    }

    @Test
    void forgetsAnAddressThatAnotherPeerHasNow() {
        read(peer(SITE, MUCH, "10.0.0.0/8"));
        ears.getFirst().hear("10.2.0.2");
        read(peer(OTHER, 0, "10.2.0.0/16"));
        assertEquals(Optional.empty(), lastSeen(SITE));
    }

    @Test
    void forgetsAnAddressThatIsNoMoreAllowed() {
        read(peer(SITE, MUCH, "10.1.0.0/16"));
        ears.getFirst().hear("10.1.2.3");
        read(peer(SITE, MUCH, "10.2.0.0/16"));
        assertEquals(Optional.empty(), lastSeen(SITE));
    }

    @Test
    void hasNoNeedOfItWhereThePeerNamesAnAddressLater() {
        read(peer(SITE, MUCH, "10.1.0.0/16"));
        ears.getFirst().hear("10.1.2.3");
        read(peer(SITE, MUCH, "10.1.0.0/16", "10.1.0.1/32"));
        assertEquals(Optional.empty(), lastSeen(SITE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.9.0.1",
                "192.0.2.1",
                "fd02::1",
                "0.0.0.0",
                "255.255.255.255",
                "224.0.0.251",
                "127.0.0.1",
                "::1",
                "::",
                "ff02::1"
            })
    void takesNoAddressThatIsNotAHostsOfThePeer(String source) {
        read(peer(SITE, MUCH, "10.1.0.0/16", "224.0.0.0/3", "127.0.0.0/8", "0.0.0.0/8", "ff00::/8", "::/64"));
        ears.getFirst().hear(source);
        assertEquals(Optional.empty(), lastSeen(SITE));
        assertTrue(ears.getFirst().open);
    }

    /** Who answers our users from somewhere on the internet is not asked whether the tunnel carries. */
    @Test
    void asksNoStrangerBeyondAPeerThatEverythingGoesTo() {
        read(peer(SITE, MUCH, "0.0.0.0/1", "128.0.0.0/1", "2001:db8::/32"));
        assertEquals(
                Set.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "2001:db8::/32"),
                Set.copyOf(ears.getFirst().from.stream().map(IpPrefix::toString).toList()));
        ears.getFirst().hear("198.51.100.7");
        assertEquals(Optional.empty(), lastSeen(SITE));
        ears.getFirst().hear("100.64.0.1");
        assertEquals(Optional.of("100.64.0.1"), lastSeen(SITE));
    }

    @Test
    void learnsANewAddressAfterAnHour() {
        read(peer(SITE, MUCH, "10.1.0.0/16"));
        ears.getFirst().hear("10.1.2.3");
        for (int minute = 2; minute < 62; minute++) {
            pass(60);
            read(peer(SITE, minute * MUCH, "10.1.0.0/16"));
        }
        assertEquals(1, ears.size());
        pass(60);
        read(peer(SITE, 62 * MUCH, "10.1.0.0/16"));
        assertEquals(Optional.of("10.1.2.3"), lastSeen(SITE), "better than none");
        ears.getLast().hear("10.1.2.4");
        assertEquals(Optional.of("10.1.2.4"), lastSeen(SITE));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "13, 1", "97, 1", "19, 2", "12, 2"})
    void triesAgainOnlyWhatMaySucceed(int errno, int expected) {
        refusal = Optional.of(new Errno(errno));
        read(peer(SITE, MUCH, "10.1.0.0/16"));
        pass(60);
        read(peer(SITE, 2 * MUCH, "10.1.0.0/16"));
        assertEquals(expected, tries);
        assertEquals(2 * MUCH, told.get(SITE.base64()).receivedBytes(), "all else goes on");
    }

    @Test
    void stopsWithTheDevice() {
        read(peer(SITE, MUCH, "10.1.0.0/16"));
        watch.orElseThrow().onLinks(List.of());
        assertFalse(ears.getFirst().open);
    }
}
