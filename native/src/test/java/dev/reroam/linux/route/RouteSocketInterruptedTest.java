package dev.reroam.linux.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.NetworkNamespace;
import dev.reroam.linux.netlink.NetlinkProtocol;
import dev.reroam.linux.netlink.NetlinkSocket;
import dev.reroam.linux.netlink.WatchedKernel;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Dumps that the kernel itself declares interrupted (NLM_F_DUMP_INTR): {@code ip} changes something between two pieces of
 * one. So it happens each time, and not only when a race is lost.
 */
class RouteSocketInterruptedTest {

    private static NetworkNamespace namespace;

    @BeforeAll
    static void makeNetwork() throws Exception {
        namespace = new NetworkNamespace();
        namespace.script("/route/many-addresses.sh");
    }

    @AfterAll
    static void removeNetwork() throws Exception {
        namespace.close();
    }

    /** What a reader of all addresses got, and how often it asked, where the chosen dumps were interrupted. */
    private record Reading(List<String> addresses, int requests) {

        static Reading interrupted(IntPredicate dumps) throws Exception {
            var kernel = namespace.call(() -> new WatchedKernel(NetlinkProtocol.ROUTE, (dump, piece) -> {
                if (piece == 1 && dumps.test(dump)) {
                    change("add 10.51.0." + dump);
                }
            }));
            try (var socket = new RouteSocket(new NetlinkSocket(kernel, ByteOrder.nativeOrder()))) {
                var read = socket.addresses().stream()
                        .map(address -> address.local() + "/" + address.prefixLength())
                        .sorted()
                        .toList();
                return new Reading(read, kernel.requests());
            }
        }
    }

    private static void change(String verbAndAddress) {
        try {
            namespace.run("ip address " + verbAndAddress + "/32 dev lo");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> seenByIp() throws Exception {
        return IpText.objects(namespace.run("ip -j address show dev lo")).stream()
                .flatMap(link -> link.getAsJsonArray("addr_info").asList().stream())
                .map(element -> element.getAsJsonObject())
                .map(address -> address.get("local").getAsString() + "/"
                        + address.get("prefixlen").getAsInt())
                .sorted()
                .toList();
    }

    @Test
    void dumpIsReadOnceWhereNothingChanges() throws Exception {
        var reading = Reading.interrupted(dump -> false);
        assertEquals(1, reading.requests());
        assertEquals(seenByIp(), reading.addresses());
    }

    @Test
    void dumpThatTheKernelInterruptsIsReadAgain() throws Exception {
        var reading = Reading.interrupted(dump -> dump == 1);
        assertEquals(2, reading.requests());
        assertEquals(seenByIp(), reading.addresses());
        change("delete 10.51.0.1");
    }

    @Test
    void lastOfThreeInterruptedDumpsIsTakenAsItIs() throws Exception {
        var reading = Reading.interrupted(dump -> true);
        assertEquals(RouteSocket.DUMP_ATTEMPTS, reading.requests());
        for (int dump = 1; dump <= RouteSocket.DUMP_ATTEMPTS; dump++) {
            change("delete 10.51.0." + dump);
        }
    }
}
