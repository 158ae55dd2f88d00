package dev.reroam.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.natpmp.NatPmpCodec;
import dev.reroam.portmap.pcp.PcpCodec;
import dev.reroam.portmap.upnp.Description;
import dev.reroam.portmap.upnp.Link;
import dev.reroam.portmap.upnp.Service;
import dev.reroam.portmap.upnp.Soap;
import dev.reroam.portmap.upnp.SsdpMessage;
import dev.reroam.portmap.upnp.XmlException;
import java.util.Map;
import java.util.Optional;

/** What gateways send: the bytes of PCP and NAT-PMP, and the texts of UPnP. */
class GatewayFuzzTest {

    private static final IpAddress GATEWAY = IpAddress.parse("192.168.77.1");
    private static final Link FROM =
            Link.parse("http://192.168.77.1:5000/a/root.xml").orElseThrow();

    @FuzzTest
    void pcpIsRefusedOrReadAndWrittenBack(byte[] data) {
        var message = PcpCodec.decode(Octets.of(data));
        message.ifPresent(read -> assertEquals(message, PcpCodec.decode(PcpCodec.encode(read))));
    }

    @FuzzTest
    void natPmpIsRefusedOrReadAndWrittenBack(byte[] data) {
        var response = NatPmpCodec.response(Octets.of(data));
        response.ifPresent(read -> assertEquals(response, NatPmpCodec.response(NatPmpCodec.encode(read))));
        var request = NatPmpCodec.request(Octets.of(data));
        request.ifPresent(read -> assertEquals(request, NatPmpCodec.request(NatPmpCodec.encode(read))));
    }

    @FuzzTest
    void ssdpIsRefusedOrNamesATarget(byte[] data) {
        SsdpMessage.parse(Octets.of(data)).ifPresent(message -> {
            String target = switch (message) {
                case SsdpMessage.Answer answer -> answer.target();
                case SsdpMessage.Alive alive -> alive.target();
                case SsdpMessage.Byebye byebye -> byebye.target();
            };
            assertTrue(!target.isEmpty() && data.length <= SsdpMessage.MOST_BYTES);
        });
    }

    /** Whatever is written in it, nobody but the gateway is ever asked. */
    @FuzzTest
    void descriptionIsRefusedOrLeadsToTheGatewayOnly(byte[] data) {
        try {
            var description = Description.read(Octets.of(data), FROM, GATEWAY);
            assertTrue(description.services().size() <= 6);
            assertTrue(description.model().orElse("").chars().allMatch(c -> c >= ' ' && c < 0x7f));
            for (Service service : description.services()) {
                assertTrue(onTheGateway(service.control()));
                assertTrue(service.events().map(GatewayFuzzTest::onTheGateway).orElse(true));
            }
        } catch (XmlException refused) {
            assertTrue(refused.offset() >= 0 && refused.offset() <= Math.max(data.length, 64 * 1024));
        }
    }

    private static boolean onTheGateway(Link link) {
        return link.namedHost().equals(GATEWAY.toString())
                && link.path().startsWith("/")
                && link.path().chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /** Fit to be asked: a request line must not be told what to say. */
    @FuzzTest
    void linkIsRefusedOrLeadsToTheGatewayOnly(byte[] data) {
        String text = new String(data, java.nio.charset.StandardCharsets.UTF_8);
        Optional<Link> link = FROM.resolve(text, GATEWAY);
        link.ifPresent(found -> assertTrue(onTheGateway(found), found::toString));
    }

    @FuzzTest
    void answerToAnActionIsOneOfThree(byte[] data) {
        for (int status : new int[] {200, 500}) {
            var outcome = Soap.outcome("GetExternalIPAddress", new HttpAnswer(status, Map.of(), Octets.of(data)));
            switch (outcome) {
                case Soap.Outcome.Done done ->
                    assertTrue(done.value("NewExternalIPAddress").length() <= data.length);
                case Soap.Outcome.Failed failed -> assertTrue(failed.words().length() <= 80);
                case Soap.Outcome.Unreadable unreadable ->
                    assertTrue(!unreadable.why().isEmpty());
            }
        }
    }
}
