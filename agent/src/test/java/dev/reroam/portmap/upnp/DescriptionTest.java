package dev.reroam.portmap.upnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Damage;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.Octets;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that a device writes: description, links, SSDP, SOAP. */
class DescriptionTest {

    private static final IpAddress GATEWAY = IpAddress.parse("192.168.1.1");
    private static final Link FROM =
            Link.parse("http://192.168.1.1:5000/a/root.xml").orElseThrow();

    @Test
    void servicesAreFoundHoweverDeepAndThePreferredComesFirst() throws XmlException {
        var description = read(service("WANPPPConnection:1", "/ppp") + "<deviceList><device>"
                + service("WANIPConnection:1", "/ip1") + service("Layer3Forwarding:1", "/l3")
                + service("WANIPConnection:2", "/ip2") + "</device></deviceList>");
        assertEquals(
                List.of("/ip2", "/ip1", "/ppp"),
                description.services().stream().map(s -> s.control().path()).toList());
        assertEquals(Optional.of("Acme Router 7"), description.model());
    }

    @ParameterizedTest(name = "{0} is {1} {2}")
    @CsvSource({
        "/ctl, 5000, /ctl",
        "ctl/x, 5000, /a/ctl/x",
        "http://192.168.1.1/ctl, 80, /ctl",
        "http://192.168.1.1:49152/ctl?x=1, 49152, /ctl?x=1",
        "//192.168.1.1:81/ctl, 81, /ctl",
        "HTTP://192.168.1.1/ctl#part, 80, /ctl",
    })
    void linkOnTheGatewayItselfIsFollowed(String url, int port, String path) {
        var link = FROM.resolve(url, GATEWAY).orElseThrow();
        assertEquals(port, link.port());
        assertEquals(path, link.path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://192.168.1.2/ctl",
                "http://example.com/ctl",
                "https://192.168.1.1/ctl",
                "file:///etc/passwd",
                "ftp://192.168.1.1/",
                "http://192.168.1.1@evil.example/",
                "http://192.168.1.1:0/",
                "http://192.168.1.1:99999/",
                "http:ctl",
                "javascript:alert(1)",
                "/a b",
                "/a\r\nHost:x",
                "//evil.example/ctl"
            })
    void linkToAnotherHostOrSchemeIsRefused(String url) throws XmlException {
        assertEquals(Optional.empty(), FROM.resolve(url, GATEWAY));
        var description = read(service("WANIPConnection:1", url));
        assertEquals(List.of(), description.services());
        assertEquals(1, description.refused());
    }

    @Test
    void baseOfAnotherHostDoesNotCount() throws XmlException {
        var octets = octets("<root><URLBase>http://evil.example/</URLBase><device>" + service("WANIPConnection:1", "/c")
                + "</device></root>");
        assertEquals(
                5000,
                Description.read(octets, FROM, GATEWAY)
                        .services()
                        .getFirst()
                        .control()
                        .port());
    }

    @Test
    void hundredServicesAreCutToSix() throws XmlException {
        assertEquals(
                6,
                read(service("WANIPConnection:1", "/c").repeat(100)).services().size());
    }

    @Test
    void anyDescriptionIsReadOrRefused() {
        var random = Damage.random();
        byte[] good = octets(
                        "<root><device>" + service("WANIPConnection:1", "http://192.168.1.1:81/c") + "</device></root>")
                .bytes();
        for (int i = 0; i < 10_000; i++) {
            try {
                assertTrue(Description.read(Damage.of(random, good), FROM, GATEWAY)
                                .services()
                                .size()
                        <= 6);
            } catch (XmlException e) {
                assertTrue(e.offset() >= 0);
            }
        }
    }

    @Test
    void answerToASearchIsRead() {
        assertEquals(
                Optional.of(new SsdpMessage.Answer(
                        "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
                        "http://192.168.1.1:5000/r.xml",
                        OptionalLong.of(17))),
                SsdpMessage.parse(octets("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\n"
                        + "st: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nEXT:\r\n"
                        + "LOCATION: http://192.168.1.1:5000/r.xml\r\nBOOTID.UPNP.ORG: 17\r\n\r\n")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 404 Not Found\r\n\r\n",
                "HTTP/1.1 200 OK\r\nST: x\r\n\r\n",
                "M-SEARCH * HTTP/1.1\r\nST: x\r\n\r\n",
                "NOTIFY * HTTP/1.1\r\nNT: x\r\nNTS: ssdp:alive\r\n\r\n",
                "NOTIFY * HTTP/1.1\r\nno header\r\n\r\n",
                "NOTIFY * HTTP/1.1\r\nNT: x\r\nNTS: upnp:event\r\n\r\n"
            })
    void otherDatagramsAreNoneOfOurs(String text) {
        assertEquals(Optional.empty(), SsdpMessage.parse(octets(text)));
    }

    @Test
    void anyDatagramIsReadOrRefused() {
        var random = Damage.random();
        byte[] good = octets("NOTIFY * HTTP/1.1\r\nNT: x\r\nNTS: ssdp:alive\r\nLOCATION: http://1.2.3.4/\r\n\r\n")
                .bytes();
        int read = 0;
        for (int i = 0; i < 10_000; i++) {
            read += SsdpMessage.parse(Damage.of(random, good)).isPresent() ? 1 : 0;
        }
        assertTrue(read > 1000, "was " + read);
        assertEquals(Optional.empty(), SsdpMessage.parse(octets("NOTIFY * HTTP/1.1\r\n" + "a: b\r\n".repeat(5000))));
    }

    @Test
    void soapAnswerOfAnotherActionIsRefused() {
        var answer = new HttpAnswer(
                200,
                Map.of(),
                octets("<s:Envelope><s:Body><u:GetStatusInfoResponse><X>1</X></u:GetStatusInfoResponse></s:Body>"
                        + "</s:Envelope>"));
        assertEquals(
                new Soap.Outcome.Unreadable("answer of another action"), Soap.outcome("GetExternalIPAddress", answer));
        assertEquals(new Soap.Outcome.Done(Map.of("X", "1")), Soap.outcome("GetStatusInfo", answer));
    }

    @Test
    void soapFaultGivesItsCode() {
        String fault = "<s:Envelope><s:Body><s:Fault><detail><UPnPError><errorCode>725</errorCode><errorDescription>"
                + "OnlyPermanentLeasesSupported</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>";
        assertEquals(
                new Soap.Outcome.Failed(725, "OnlyPermanentLeasesSupported"),
                Soap.outcome("AddPortMapping", new HttpAnswer(500, Map.of(), octets(fault))));
        assertEquals(
                new Soap.Outcome.Failed(503, "HTTP status"),
                Soap.outcome("AddPortMapping", new HttpAnswer(503, Map.of(), octets("busy"))));
    }

    private static Description read(String inside) throws XmlException {
        return Description.read(
                octets("<root><device><manufacturer>Acme</manufacturer><modelName>Router 7</modelName>" + inside
                        + "</device></root>"),
                FROM,
                GATEWAY);
    }

    private static String service(String type, String control) {
        return "<serviceList><service><serviceType>urn:schemas-upnp-org:service:" + type + "</serviceType><controlURL>"
                + control.replace("&", "&amp;") + "</controlURL></service></serviceList>";
    }

    private static Octets octets(String text) {
        return Octets.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
