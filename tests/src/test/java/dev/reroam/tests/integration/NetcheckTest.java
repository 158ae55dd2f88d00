package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Inside;
import dev.reroam.tests.lab.MiniUpnpd;
import dev.reroam.tests.lab.MiniUpnpd.Speech;
import dev.reroam.tests.lab.NatBed;
import dev.reroam.tests.lab.NatBed.Translation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program as people run it, behind the NATs of iptables, asking coturn and a web server. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.NATS)
@Timeout(180)
class NetcheckTest {

    private static final String SERVERS = "11.22.33.10,[2001:db8:77::10]";
    private static final String PAGE = "http://11.22.33.10/";
    private static final int TRIES = 4;
    private static final int CUT_OFF_MS = 2750;
    private static final int IPV4 = 0;
    private static final int IPV6 = 1;

    private final Belongings belongings = Belongings.open();
    private NatBed bed;

    @AfterEach
    void end() {
        belongings.close();
    }

    private void start(Translation translation) {
        bed = NatBed.make(belongings, translation);
        bed.startStunServer(false);
        bed.startStunServer(true);
    }

    private static List<String> program(String... words) {
        var all = new ArrayList<>(ShippedFlags.agent().java());
        all.add("dev.reroam.Main");
        all.addAll(List.of(words));
        return all;
    }

    private String netcheck(String... more) {
        // It has three seconds of its own: what else runs here has more.
        var words = new ArrayList<>(List.of("nice", "-n", "-10"));
        words.addAll(program("netcheck", "--servers", SERVERS, "--portal", PAGE));
        words.addAll(List.of(more));
        return bed.inside().run(words.toArray(String[]::new));
    }

    private JsonObject report() {
        var report = once();
        // Where much else runs it may come to its end before it has asked everything: that is unknown, and no error.
        for (int i = 1; i < TRIES && wasCutOff(report); i++) {
            report = once();
        }
        return report;
    }

    /** It takes as long where a gateway is silent; then it knows all the rest. */
    private static boolean wasCutOff(JsonObject report) {
        boolean unknown = false;
        for (var uplink : report.getAsJsonArray("uplinks")) {
            var of = uplink.getAsJsonObject();
            unknown |= of.getAsJsonObject("nat").toString().contains("\"unknown\"");
            unknown |= of.getAsJsonObject("path_mtu").get("passed_bytes").isJsonNull();
        }
        return unknown && report.get("took_ms").getAsInt() >= CUT_OFF_MS;
    }

    private JsonObject once() {
        return JsonParser.parseString(netcheck("--json")).getAsJsonObject();
    }

    private static JsonObject uplink(JsonObject report, int index) {
        return report.getAsJsonArray("uplinks").get(index).getAsJsonObject();
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).getAsString();
    }

    @ParameterizedTest
    @CsvSource({
        "EASY, endpoint_independent, address_and_port_dependent, no",
        "HARD, address_and_port_dependent, address_and_port_dependent, no",
        "FULL_CONE, endpoint_independent, endpoint_independent, no",
        "ONE_TO_ONE, endpoint_independent, endpoint_independent, yes",
    })
    void saysWhatTheReferenceClientSays(Translation translation, String mapping, String filtering, String hairpin) {
        start(translation);
        var report = report();
        for (int family : new int[] {IPV4, IPV6}) {
            var uplink = uplink(report, family);
            var nat = uplink.getAsJsonObject("nat");
            assertEquals(family == IPV4 ? "ipv4" : "ipv6", text(uplink, "family"));
            assertEquals("yes", text(uplink, "udp"));
            assertEquals("yes", text(nat, "translated"));
            assertEquals(mapping, text(nat, "mapping"));
            assertEquals(filtering, text(nat, "filtering"));
            assertEquals(hairpin, text(nat, "hairpin"));
        }
        assertTheySay(mapping, filtering);
        assertEquals(
                "11.22.33.1",
                uplink(report, IPV4).getAsJsonArray("public_addresses").get(0).getAsString());
    }

    @ParameterizedTest
    @CsvSource({"EASY, HARD, address_and_port_dependent", "EASY, EASY, endpoint_independent"})
    void saysBehindTwoNatsWhatTheReferenceClientSays(Translation inner, Translation outer, String mapping) {
        bed = NatBed.makeDouble(belongings, inner, outer);
        bed.startStunServer(false);
        bed.startStunServer(true);
        var nat = uplink(report(), IPV4).getAsJsonObject("nat");
        assertEquals(mapping, text(nat, "mapping"));
        assertEquals("address_and_port_dependent", text(nat, "filtering"));
        assertTheySay(mapping, "address_and_port_dependent");
    }

    /** In their words, of IPv4: {@code NAT with Address and Port Dependent Mapping!}. */
    private void assertTheySay(String mapping, String filtering) {
        String reference = bed.inside()
                .run(
                        "timeout",
                        "40",
                        "turnutils_natdiscovery",
                        "-m",
                        "-f",
                        NatBed.stunAddresses(false).getFirst())
                .toLowerCase(Locale.ROOT)
                .replace(' ', '_');
        assertTrue(reference.contains("nat_with_" + mapping + "_mapping!"), reference);
        assertTrue(reference.contains("nat_with_" + filtering + "_filtering!"), reference);
    }

    @Test
    void withoutNatNothingIsTranslated() {
        start(Translation.NONE);
        var nat = uplink(report(), IPV4).getAsJsonObject("nat");
        assertEquals("no", text(nat, "translated"));
        assertEquals("endpoint_independent", text(nat, "filtering"));
    }

    /** No ICMP message says so: what does not get through is silent. */
    @Test
    void findsTheMtuOfTheWay() {
        start(Translation.EASY);
        bed.router()
                .script("ip link set wan mtu 1454; iptables -A OUTPUT -p icmp -j DROP;"
                        + " ip6tables -A OUTPUT -p icmpv6 --icmpv6-type packet-too-big -j DROP");
        var report = report();
        // What a machine with much else to do has not found out in the program's three seconds is no wrong answer.
        for (int again = 0; again < 2 && !measured(report); again++) {
            report = report();
        }
        for (int family : new int[] {IPV4, IPV6}) {
            var mtu = uplink(report, family).getAsJsonObject("path_mtu");
            assertEquals(1500, mtu.get("interface_mtu_bytes").getAsInt());
            assertEquals(1452, mtu.get("passed_bytes").getAsInt());
            assertEquals(1456, mtu.get("lost_bytes").getAsInt());
        }
    }

    private static boolean measured(JsonObject report) {
        return IntStream.of(IPV4, IPV6)
                .mapToObj(family -> uplink(report, family).getAsJsonObject("path_mtu"))
                .noneMatch(mtu -> mtu.get("passed_bytes").isJsonNull()
                        || mtu.get("lost_bytes").isJsonNull());
    }

    @Test
    void silenceIsUnknownWithinThreeSeconds() {
        start(Translation.EASY);
        bed.router()
                .script("iptables -I FORWARD -j DROP; ip6tables -I FORWARD -j DROP;"
                        + " iptables -I INPUT -j DROP; ip6tables -I INPUT -p udp -j DROP");
        var report = once();
        assertTrue(report.get("took_ms").getAsInt() <= 3000, () -> report.toString());
        for (int family : new int[] {IPV4, IPV6}) {
            assertEquals("unknown", text(uplink(report, family), "udp"));
            assertEquals("no server answers", text(uplink(report, family), "udp_why"));
        }
    }

    @ParameterizedTest
    @CsvSource({"204, no", "302, yes", "404, unknown"})
    void findsACaptivePortal(int status, String found) {
        start(Translation.EASY);
        var page = Inside.of(bed.outside(), () -> HttpServer.create(new InetSocketAddress("11.22.33.10", 80), 0));
        page.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Location", "http://login.example/");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        page.start();
        try {
            assertEquals(found, text(uplink(report(), IPV4).getAsJsonObject("captive_portal"), "found"));
        } finally {
            page.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"PCP NAT_PMP UPNP, yes yes yes", "UPNP, silent silent yes"})
    void saysWhatTheGatewaySpeaksAndLeavesNothingInIt(String speaks, String found) {
        start(Translation.EASY);
        var gateway = MiniUpnpd.start(belongings, bed.router(), "lan", "wan", speeches(speaks));
        var uplink = uplink(report(), IPV4);
        var said = uplink.getAsJsonObject("gateway_says");
        assertEquals(found, words(said));
        assertTrue(text(said, "model").contains("router"), () -> "" + said);
        assertEquals("no", text(uplink.getAsJsonObject("double_nat"), "found"));
        assertEquals(List.of(), gateway.redirects());
    }

    @Test
    void findsTheSecondOfTwoNats() {
        bed = NatBed.makeDouble(belongings, Translation.EASY, Translation.EASY);
        bed.startStunServer(false);
        MiniUpnpd.start(belongings, bed.router(), "lan", "wan", EnumSet.allOf(Speech.class));
        var twice = uplink(report(), IPV4).getAsJsonObject("double_nat");
        assertEquals("yes", text(twice, "found"));
        assertTrue(
                text(twice, "why").startsWith("the gateway says that its address outside is 11.44.55."),
                () -> "" + twice);
    }

    private static Set<Speech> speeches(String words) {
        var speeches = EnumSet.noneOf(Speech.class);
        List.of(words.split(" ")).forEach(word -> speeches.add(Speech.valueOf(word)));
        return speeches;
    }

    private static String words(JsonObject gateway) {
        var words = new StringJoiner(" ");
        gateway.getAsJsonArray("port_mapping").forEach(one -> words.add(text(one.getAsJsonObject(), "speaks")));
        return words.toString();
    }

    /** Asked over each uplink, whose network makes its own of a name; the one that is silent keeps the others' word from nobody. */
    @Test
    void asksTheNameServersOfThisMachineOverTheUplink() throws Exception {
        start(Translation.EASY);
        var folder = Path.of("/etc/netns", bed.inside().name());
        var file = folder.resolve("resolv.conf");
        Files.createDirectories(folder);
        Files.writeString(file, "nameserver 11.22.33.10\nnameserver 2001:db8:77::10\nnameserver 11.22.33.99\n");
        try (var v4 = NameResponder.start(bed.outside(), "11.22.33.10");
                var v6 = NameResponder.start(bed.outside(), "2001:db8:77::10")) {
            var words = program("netcheck", "--json", "--servers", "stun.example,no.such.example", "--portal", "none");
            var report = JsonParser.parseString(bed.inside().run(words.toArray(String[]::new)))
                    .getAsJsonObject();
            for (int family : new int[] {IPV4, IPV6}) {
                var servers = uplink(report, family).getAsJsonArray("servers");
                assertEquals("answered", text(servers.get(0).getAsJsonObject(), "result"));
                assertEquals("unresolved", text(servers.get(1).getAsJsonObject(), "result"));
                assertEquals("no such name", text(servers.get(1).getAsJsonObject(), "why"));
            }
            assertEquals(
                    "64:ff9b::/96",
                    uplink(report, IPV6).getAsJsonArray("nat64_prefixes").get(0).getAsString());
            assertTrue(v4.asked().stream().anyMatch(from -> from.equals("11.22.33.1")), () -> "" + v4.asked());
            assertTrue(v6.asked().stream().anyMatch(from -> from.startsWith("2001:db8:77:")), () -> "" + v6.asked());
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    @Test
    void isReadableByPeople() {
        start(Translation.EASY);
        String said = netcheck();
        assertTrue(said.startsWith("lan, IPv4 via 192.168.77.1 from 192.168.77.2\n"), said);
        assertTrue(said.contains("\n  UDP             works: 1 of 1 server answers\n"), said);
        assertTrue(said.contains("\nlan, IPv6 via fd00:77::1 from fd00:77::2\n"), said);
    }

    @Test
    void aRunningAgentLooksForWhoeverAsks() throws Exception {
        start(Translation.EASY);
        var socket = belongings.scratch("netcheck.sock");
        var state = belongings.scratch("netcheck.state");
        var log = belongings.scratch("netcheck.log");
        Files.createDirectory(state);
        var agent = bed.inside()
                .start(
                        ProcessBuilder.Redirect.to(log.toFile()),
                        program("run", "--socket", socket.toString(), "--state", state.toString()));
        String said = "";
        for (int i = 0; i < 400 && !said.startsWith("HTTP/1.1 200 "); i++) {
            assertTrue(agent.isAlive(), () -> read(log));
            if (Files.exists(socket)) {
                said = ask(socket);
            }
            bed.inside().run("sleep", "0.1");
        }
        var uplink = uplink(
                JsonParser.parseString(said.substring(said.indexOf("\r\n\r\n"))).getAsJsonObject(), IPV4);
        assertEquals("192.168.77.2", text(uplink, "source"));
        // The usual servers have names, and here is nobody to resolve them.
        assertEquals("unknown", text(uplink, "udp"));
        assertTrue(agent.toHandle().destroy());
        assertTrue(agent.waitFor(Duration.ofSeconds(20).toSeconds(), TimeUnit.SECONDS));
        remove(state);
        Files.deleteIfExists(Path.of("/run/reroam/net-" + bed.inside().inode() + ".lock"));
    }

    private static void remove(Path folder) throws IOException {
        List<Path> all;
        try (var files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path one : all) {
            Files.delete(one);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "" + e;
        }
    }

    private static String ask(Path socket) {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap("POST /api/v1/netcheck HTTP/1.1\r\nHost: reroam\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException notYet) {
            return "";
        }
    }
}
