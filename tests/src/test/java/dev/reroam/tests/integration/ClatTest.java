package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Namespace;
import dev.reroam.tests.lab.NatBed;
import dev.reroam.tests.lab.NatBed.Translation;
import dev.reroam.tests.lab.Tayga;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A box whose line has no IPv4: what it sends of that is translated to IPv6 by the box, and back by the provider (464XLAT, RFC
 * 6877). Both ends are Debian's tayga.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.NATS)
@Timeout(120)
class ClatTest {

    private final Belongings belongings = Belongings.open();

    @AfterEach
    void end() {
        belongings.close();
    }

    @Test
    void isAWayOutAndIsSaidToBeTranslated() {
        var bed = NatBed.make(belongings, Translation.EASY);
        bed.startStunServer(false);
        bed.startStunServer(true);
        provider(bed.router());
        box(bed.inside());

        var words = new ArrayList<>(ShippedFlags.agent().java());
        words.addAll(List.of("dev.reroam.Main", "netcheck", "--portal", "none"));
        words.addAll(List.of("--servers", "11.22.33.10,[2001:db8:77::10]"));
        String text = bed.inside().run(words.toArray(String[]::new));
        words.add("--json");
        var report = JsonParser.parseString(bed.inside().run(words.toArray(String[]::new)))
                .getAsJsonObject();

        var v4 = uplink(report, "ipv4");
        assertEquals("clat", v4.get("interface").getAsString());
        assertEquals("192.0.0.2", v4.get("source").getAsString());
        assertEquals("yes", v4.get("udp").getAsString(), () -> "" + v4);
        assertTrue(v4.get("clat").getAsBoolean(), () -> "" + v4);
        assertEquals("11.22.33.1", v4.getAsJsonArray("public_addresses").get(0).getAsString());
        assertEquals("yes", v4.getAsJsonObject("nat").get("translated").getAsString());
        var v6 = uplink(report, "ipv6");
        assertEquals("lan", v6.get("interface").getAsString());
        assertEquals("yes", v6.get("udp").getAsString(), () -> "" + v6);
        assertTrue(text.contains("464XLAT"), text);
    }

    private static JsonObject uplink(JsonObject report, String family) {
        var found = new ArrayList<JsonObject>();
        report.getAsJsonArray("uplinks").forEach(element -> found.add(element.getAsJsonObject()));
        found.removeIf(uplink -> !uplink.get("family").getAsString().equals(family));
        assertEquals(1, found.size(), () -> "" + report);
        return found.getFirst();
    }

    /** To IPv4 and back, for whoever is inside; then its NAT. */
    private void provider(Namespace router) {
        Tayga.start(belongings, router, "nat64", """
                ipv4-addr 192.168.99.1
                ipv6-addr fd00:99::1
                prefix 64:ff9b::/96
                dynamic-pool 192.168.99.0/24
                """);
        router.script("""
                ip route add 192.168.99.0/24 dev nat64
                ip -6 route add 64:ff9b::/96 dev nat64
                ip -6 route add fd00:77:c::/64 via fd00:77::2 dev lan
                """);
    }

    /** All its IPv4 becomes IPv6; its line's own IPv4 is taken away. */
    private void box(Namespace box) {
        box.script("ip address flush dev lan scope global; ip address add fd00:77::2/64 dev lan nodad;"
                + " ip -6 route replace default via fd00:77::1 dev lan;"
                + " echo 1 >/proc/sys/net/ipv6/conf/all/forwarding; echo 1 >/proc/sys/net/ipv4/ip_forward");
        Tayga.start(belongings, box, "clat", """
                ipv4-addr 192.0.0.1
                ipv6-addr fd00:77:c::1
                prefix 64:ff9b::/96
                map 192.0.0.2 fd00:77:c::2
                """);
        box.script("""
                ip address add 192.0.0.2/32 dev clat
                ip route add default dev clat src 192.0.0.2
                ip -6 route add fd00:77:c::/64 dev clat
                """);
    }
}
