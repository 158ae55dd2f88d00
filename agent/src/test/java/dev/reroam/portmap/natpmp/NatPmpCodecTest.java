package dev.reroam.portmap.natpmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Damage;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Transport;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NatPmpCodecTest {

    private static final List<NatPmpResponse> RESPONSES = List.of(
            new NatPmpResponse.ExternalAddress(77, IpAddress.parse("198.51.100.7")),
            new NatPmpResponse.Mapped(0xffff_ffffL, Transport.UDP, 51820, 40000, 7200),
            new NatPmpResponse.Mapped(1, Transport.TCP, 1, 0, 0),
            new NatPmpResponse.Failed(9, 1, NatPmpResult.OUT_OF_RESOURCES),
            new NatPmpResponse.Failed(9, 77, new NatPmpResult(4711)));

    /** RFC 6886 section 3.2 and 3.3, written out by hand from its diagrams. */
    @Test
    void writesWhatTheDiagramsShow() {
        assertEquals(hex("0000"), NatPmpCodec.encode(new NatPmpRequest.ExternalAddress()));
        assertEquals(
                hex("0001" + "0000" + "ca6c" + "9c40" + "00001c20"),
                NatPmpCodec.encode(new NatPmpRequest.Map(Transport.UDP, 51820, 40000, 7200)));
        assertEquals(
                hex("0002" + "0000" + "0016" + "0000" + "00000000"),
                NatPmpCodec.encode(new NatPmpRequest.Map(Transport.TCP, 22, 0, 0)));
    }

    @Test
    void readsWhatTheDiagramsShow() {
        assertEquals(
                Optional.of(new NatPmpResponse.ExternalAddress(258, IpAddress.parse("203.0.113.9"))),
                NatPmpCodec.response(hex("0080" + "0000" + "00000102" + "cb007109")));
        assertEquals(
                Optional.of(new NatPmpResponse.Mapped(3, Transport.UDP, 51820, 40000, 3600)),
                NatPmpCodec.response(hex("0081" + "0000" + "00000003" + "ca6c" + "9c40" + "00000e10")));
        assertEquals(
                Optional.of(new NatPmpResponse.Failed(3, 2, NatPmpResult.NOT_AUTHORIZED)),
                NatPmpCodec.response(hex("0082" + "0002" + "00000003" + "000000000000" + "0000")));
    }

    /** RFC 6887 appendix A: a server of PCP alone answers NAT-PMP in its own version. */
    @Test
    void readsTheAnswerOfAServerOfPcpAlone() {
        assertEquals(
                Optional.of(new NatPmpResponse.OtherVersion(2)),
                NatPmpCodec.response(hex("0280" + "0001" + "00000000".repeat(5))));
    }

    @Test
    void whatIsWrittenIsReadBack() {
        for (NatPmpResponse response : RESPONSES) {
            assertEquals(Optional.of(response), NatPmpCodec.response(NatPmpCodec.encode(response)));
        }
        for (NatPmpRequest request : List.of(
                new NatPmpRequest.ExternalAddress(), new NatPmpRequest.Map(Transport.TCP, 1, 2, 0xffff_ffffL))) {
            assertEquals(Optional.of(request), NatPmpCodec.request(NatPmpCodec.encode(request)));
        }
    }

    @Test
    void messageCutAnywhereIsNoMessage() {
        for (NatPmpResponse response : RESPONSES) {
            byte[] whole = NatPmpCodec.encode(response).bytes();
            int needed = response instanceof NatPmpResponse.Failed ? 8 : whole.length;
            for (int length = 0; length < needed; length++) {
                assertEquals(Optional.empty(), NatPmpCodec.response(Octets.of(Arrays.copyOf(whole, length))));
            }
        }
    }

    @Test
    void requestIsNoResponse() {
        assertEquals(
                Optional.empty(),
                NatPmpCodec.response(NatPmpCodec.encode(new NatPmpRequest.Map(Transport.UDP, 1, 2, 3))));
    }

    @Test
    void anyBytesAreReadOrRefusedAndWhatIsReadIsWrittenBack() {
        var random = Damage.random();
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            var good = NatPmpCodec.encode(RESPONSES.get(random.nextInt(RESPONSES.size())));
            var bytes = Damage.of(random, good.bytes());
            var response = NatPmpCodec.response(bytes);
            NatPmpCodec.request(bytes);
            if (response.isPresent()) {
                read++;
                assertEquals(response, NatPmpCodec.response(NatPmpCodec.encode(response.get())));
            }
        }
        assertTrue(read > 1000, "the damage must leave something to read, was " + read);
    }

    private static Octets hex(String text) {
        return Octets.of(HexFormat.of().parseHex(text));
    }
}
