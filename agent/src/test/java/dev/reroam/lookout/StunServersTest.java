package dev.reroam.lookout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.stun.StunServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StunServersTest {

    private static final Set<IpFamily> V4 = Set.of(IpFamily.V4);

    private final VirtualLoop time = new VirtualLoop();
    private final Map<String, List<IpAddress>> known = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private List<Endpoint> told = List.of();

    private StunServers servers(String... names) {
        return new StunServers(
                time.loop(),
                time.clock(),
                Stream.of(names).map(StunServer::parse).toList(),
                (host, family, then) -> {
                    asked.add(host + " " + family);
                    then.accept(known.getOrDefault(host, List.of()).stream()
                            .filter(address -> address.family() == family)
                            .toList());
                },
                all -> told = all);
    }

    private void know(String name, String... addresses) {
        known.put(name, Stream.of(addresses).map(IpAddress::parse).toList());
    }

    private static List<Endpoint> endpoints(String... texts) {
        return Stream.of(texts).map(Endpoint::parse).toList();
    }

    @Test
    void addressesNeedNobodyToBeAsked() {
        var servers = servers("192.0.2.1:3479", "[2001:db8::1]:3478");
        servers.onFamilies(V4);
        time.pass(2, TimeUnit.HOURS);
        assertEquals(endpoints("192.0.2.1:3479", "[2001:db8::1]:3478"), told);
        assertEquals(List.of(), asked);
    }

    @Test
    void theFirstOfEachOperatorComesFirst() {
        know("a", "192.0.2.1", "192.0.2.2", "192.0.2.3");
        know("b", "198.51.100.1", "2001:db8::1");
        servers("a", "b").onFamilies(Set.of(IpFamily.V4, IpFamily.V6));
        time.pass(1, TimeUnit.SECONDS);
        assertEquals(endpoints("192.0.2.1:3478", "198.51.100.1:3478", "[2001:db8::1]:3478", "192.0.2.2:3478"), told);
    }

    @Test
    void nobodyIsAskedBeforeThereIsAnUplink() {
        know("a", "192.0.2.1");
        var servers = servers("a");
        servers.onFamilies(Set.of());
        servers.hurry();
        time.pass(1, TimeUnit.HOURS);
        assertEquals(List.of(), asked);
        servers.onFamilies(V4);
        time.pass(1, TimeUnit.SECONDS);
        assertEquals(List.of("a V4"), asked);
        assertEquals(endpoints("192.0.2.1:3478"), told);
    }

    @Test
    void whileOneNameDoesNotResolveTheOthersAreUsedAndItIsAskedForLessAndLess() {
        know("a", "192.0.2.1");
        var servers = servers("a", "gone");
        servers.onFamilies(V4);
        time.pass(50, TimeUnit.MINUTES);
        assertEquals(endpoints("192.0.2.1:3478"), told);
        assertEquals(List.of("gone"), servers.unresolved());
        long tries = asked.stream().filter("gone V4"::equals).count();
        assertTrue(tries >= 8 && tries <= 12, "asked " + tries + " times");
        assertEquals(1, asked.stream().filter("a V4"::equals).count());
    }

    @Test
    void asksAgainOnceAnHourAndKeepsWhatNobodyCanSayAnyMore() {
        know("a", "192.0.2.1");
        var servers = servers("a");
        servers.onFamilies(V4);
        time.pass(59, TimeUnit.MINUTES);
        know("a", "192.0.2.9");
        time.pass(2, TimeUnit.MINUTES);
        assertEquals(endpoints("192.0.2.9:3478"), told);
        known.clear();
        time.pass(2, TimeUnit.HOURS);
        assertEquals(endpoints("192.0.2.9:3478"), told);
    }

    @Test
    void aChangeOfTheNetworkHurriesWhatIsMissingButNotEndlessly() {
        var servers = servers("a");
        servers.onFamilies(V4);
        time.pass(5, TimeUnit.MINUTES);
        int before = asked.size();
        know("a", "192.0.2.1");
        for (int i = 0; i < 100; i++) {
            servers.hurry();
        }
        time.pass(1, TimeUnit.SECONDS);
        assertEquals(before + 1, asked.size());
        assertEquals(endpoints("192.0.2.1:3478"), told);
        servers.hurry();
        time.pass(1, TimeUnit.MINUTES);
        assertEquals(before + 1, asked.size(), "nothing is missing");
    }
}
