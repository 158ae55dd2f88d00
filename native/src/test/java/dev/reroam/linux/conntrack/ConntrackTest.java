package dev.reroam.linux.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.NetworkNamespace;
import dev.reroam.linux.conntrack.Conntrack.Forgetting;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.netlink.NetlinkProtocol;
import dev.reroam.linux.netlink.NetlinkSocket;
import dev.reroam.linux.netlink.Request;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Our reading of the kernel's table, and our forgetting, against {@code conntrack}'s. */
class ConntrackTest {

    private NetworkNamespace namespace;
    private Conntrack table;

    @BeforeEach
    void makeFlows() throws Exception {
        namespace = new NetworkNamespace();
        namespace.script("/conntrack/flows.sh");
        table = namespace.call(Conntrack::open).orElseThrow();
    }

    @AfterEach
    void removeFlows() throws Exception {
        if (table != null) {
            table.close();
        }
        namespace.close();
    }

    private List<Flow> read(FlowFilter filter) throws Exception {
        var flows = new ArrayList<Flow>();
        try (var stream = table.stream(filter, flows::add)) {
            Optional<?> outcome;
            do {
                outcome = stream.advance(1);
            } while (outcome.isEmpty());
        }
        return flows;
    }

    private Flow one(FlowFilter filter) throws Exception {
        var flows = read(filter);
        assertEquals(1, flows.size(), () -> "" + flows);
        return flows.getFirst();
    }

    private static FlowFilter exactly(String source, String destination) {
        var from = Endpoint.parse(source);
        var to = Endpoint.parse(destination);
        return new FlowFilter(
                from.address().family(),
                Optional.of(from.address()),
                OptionalInt.of(from.port()),
                Optional.of(to.address()),
                OptionalInt.of(to.port()));
    }

    private static List<Element> elements(NodeList nodes) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    private static String text(Element element, String name) {
        var found = element.getElementsByTagName(name);
        return found.getLength() == 0 ? "0" : found.item(0).getTextContent();
    }

    /** Whole lines of what {@code conntrack} lists: what we read without the timeout, which passes. */
    private List<String> shown(String family) throws Exception {
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(
                        new StringReader(namespace.run("conntrack -L -p udp -f " + family + " -o xml"))));
        return elements(document.getElementsByTagName("flow")).stream()
                .map(flow -> {
                    var metas = elements(flow.getElementsByTagName("meta"));
                    var state = metas.get(2);
                    return String.join(
                            " ",
                            text(state, "id"),
                            tuple(metas.get(0)),
                            tuple(metas.get(1)),
                            "zone " + text(state, "zone"),
                            "mark " + text(state, "mark"),
                            "replied "
                                    + (state.getElementsByTagName("unreplied").getLength() == 0),
                            "assured " + (state.getElementsByTagName("assured").getLength() == 1));
                })
                .sorted()
                .toList();
    }

    private static String tuple(Element meta) {
        return new FlowTuple(
                        Integer.parseInt(elements(meta.getElementsByTagName("layer4"))
                                .getFirst()
                                .getAttribute("protonum")),
                        endpoint(meta, "src", "sport"),
                        endpoint(meta, "dst", "dport"),
                        Integer.parseInt(text(meta, "zone")))
                + " zone " + text(meta, "zone");
    }

    private static Endpoint endpoint(Element meta, String address, String port) {
        return new Endpoint(IpAddress.parse(text(meta, address)), Integer.parseInt(text(meta, port)));
    }

    private static List<String> text(List<Flow> flows) {
        return flows.stream()
                .map(flow -> String.join(
                        " ",
                        Integer.toUnsignedString(flow.id()),
                        flow.original() + " zone " + flow.original().zone(),
                        flow.reply() + " zone " + flow.reply().zone(),
                        "zone " + flow.zone(),
                        "mark " + flow.mark(),
                        "replied " + flow.status().isReplied(),
                        "assured " + flow.status().isAssured()))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void flowsAreWhatConntrackShows(IpFamily family) throws Exception {
        var flows = read(FlowFilter.all(family));
        assertFalse(flows.isEmpty());
        assertEquals(String.join("\n", shown(family == IpFamily.V4 ? "ipv4" : "ipv6")), String.join("\n", text(flows)));
        assertTrue(flows.stream().allMatch(flow -> flow.timeoutSeconds() > 900 && flow.timeoutSeconds() <= 1000));
    }

    @Test
    void translationIsInTheStatus() throws Exception {
        var moved = one(exactly("192.0.2.1:51820", "198.51.100.9:51824"));
        assertTrue(moved.status().isSourceTranslated() && !moved.status().isDestinationTranslated());
        assertEquals(Endpoint.parse("203.0.113.5:51820"), moved.reply().destination());
        var redirected = one(exactly("192.0.2.1:51820", "198.51.100.9:51826"));
        assertTrue(redirected.status().isDestinationTranslated());
        assertEquals(Endpoint.parse("203.0.113.6:53"), redirected.reply().source());
    }

    @Test
    void kernelItselfLeavesOutWhatIsNotMeant() throws Exception {
        for (var filter : List.of(
                FlowFilter.fromPort(IpFamily.V4, 51820),
                FlowFilter.from(Endpoint.parse("198.51.100.9:51821")),
                exactly("192.0.2.1:51820", "198.51.100.9:51821"),
                FlowFilter.fromPort(IpFamily.V6, 51820))) {
            var sent = new ArrayList<Flow>();
            try (var socket = namespace.call(() -> NetlinkSocket.open(NetlinkProtocol.NETFILTER))) {
                var request = new Request(256);
                var body = request.begin("read flows", Ctnl.GET, 0);
                FlowCodec.writeFilter(FlowCodec.header(body, filter.family().number()), filter);
                socket.dump(
                        request, (header, payload) -> FlowCodec.decode(payload).ifPresent(sent::add));
            }
            assertFalse(sent.isEmpty(), () -> "" + filter);
            // By their ids: the timeouts of the two readings differ.
            assertEquals(
                    read(filter).stream().map(Flow::id).toList(),
                    sent.stream().map(Flow::id).toList(),
                    () -> "" + filter);
        }
    }

    /** Of IPv6 the kernel would send exactly those that are not from there. */
    @Test
    void addressOfIpv6IsComparedHere() throws Exception {
        namespace.run("conntrack -I -p udp -s 2001:db8::2 -d 2001:db8::9 --sport 51820 --dport 51821 --timeout 1000");
        for (int last : new int[] {1, 2}) {
            var flow = one(exactly("[2001:db8::" + last + "]:51820", "[2001:db8::9]:51821"));
            assertEquals(
                    IpAddress.parse("2001:db8::" + last),
                    flow.original().source().address());
        }
    }

    @Test
    void forgetsExactlyTheOne() throws Exception {
        for (var filter : List.of(
                exactly("192.0.2.1:51820", "198.51.100.9:51825"),
                exactly("192.0.2.1:51820", "198.51.100.9:51827"),
                exactly("192.0.2.1:51820", "198.51.100.9:51828"),
                exactly("[2001:db8::1]:51820", "[2001:db8::9]:51821"))) {
            var before = all();
            var flow = one(filter);
            assertEquals(Forgetting.FORGOTTEN, table.forget(flow));
            var expected = new ArrayList<>(before);
            assertTrue(expected.remove(line(before, flow)));
            assertEquals(String.join("\n", expected), String.join("\n", all()));
            assertEquals(Forgetting.GONE, table.forget(flow));
        }
    }

    @Test
    void sameTupleInAnotherZoneStays() throws Exception {
        var both = read(exactly("192.0.2.1:51820", "198.51.100.9:51821"));
        assertEquals(List.of(0, 5), both.stream().map(Flow::zone).sorted().toList());
        var zoned = both.stream().filter(flow -> flow.zone() == 5).findFirst().orElseThrow();
        assertEquals(Forgetting.FORGOTTEN, table.forget(zoned));
        assertEquals(0, one(exactly("192.0.2.1:51820", "198.51.100.9:51821")).zone());
    }

    @Test
    void entryThatWasMadeAnewStays() throws Exception {
        var flow = one(exactly("192.0.2.1:51820", "198.51.100.9:51822"));
        var former = new Flow(flow.id() + 1, flow.original(), flow.reply(), flow.zone(), flow.status(), 0, 30);
        var before = all();
        assertEquals(Forgetting.GONE, table.forget(former));
        assertEquals(before, all());
    }

    @Test
    void entryThatOnlyItsAnswersAreLikeStays() throws Exception {
        var flow = one(exactly("192.0.2.1:51820", "198.51.100.9:51822"));
        // A look-up by the tuple of the answers finds the entry as well: the id is what tells.
        var turned = new Flow(flow.id() ^ 1, flow.reply(), flow.original(), 0, flow.status(), 0, 30);
        assertEquals(Forgetting.GONE, table.forget(turned));
        assertEquals(
                flow.id(), one(exactly("192.0.2.1:51820", "198.51.100.9:51822")).id());
    }

    private List<String> all() throws Exception {
        return (namespace.run("conntrack -L -o extended,id") + namespace.run("conntrack -L -f ipv6 -o extended,id"))
                .lines()
                .map(line -> line.replaceAll(" \\d+ (?=src=|ESTABLISHED)", " "))
                .sorted()
                .distinct()
                .toList();
    }

    private static String line(List<String> lines, Flow flow) {
        return lines.stream()
                .filter(line -> line.endsWith("id=" + Integer.toUnsignedString(flow.id())))
                .findFirst()
                .orElseThrow();
    }
}
