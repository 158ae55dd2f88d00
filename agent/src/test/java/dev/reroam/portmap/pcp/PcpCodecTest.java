package dev.reroam.portmap.pcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Damage;
import dev.reroam.portmap.gateway.Octets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PcpCodecTest {

    private static final PcpNonce NONCE = new PcpNonce(0x01020304, 0x05060708090a0b0cL);
    private static final PcpMessage.Map MAP =
            new PcpMessage.Map(NONCE, 17, 51820, Endpoint.parse("198.51.100.7:40000"));
    private static final PcpMessage.Map MAP6 = new PcpMessage.Map(NONCE, 6, 22, Endpoint.parse("[2001:db8::7]:22"));
    private static final List<PcpOption> OPTIONS = List.of(
            new PcpOption.ThirdParty(IpAddress.parse("192.0.2.9")),
            new PcpOption.PreferFailure(),
            new PcpOption.Filter(120, 443, IpAddress.parse("203.0.113.0")),
            new PcpOption.Unknown(200, Octets.of(new byte[] {1, 2, 3, 4, 5})),
            new PcpOption.Unknown(0, Octets.of(new byte[0])));
    private static final List<PcpMessage> MESSAGES = List.of(
            new PcpMessage.AnnounceRequest(IpAddress.parse("192.0.2.2")),
            new PcpMessage.MapRequest(7200, IpAddress.parse("192.0.2.2"), MAP, List.of()),
            new PcpMessage.MapRequest(0xffff_ffffL, IpAddress.parse("2001:db8::2"), MAP6, OPTIONS),
            new PcpMessage.AnnounceResponse(PcpResult.SUCCESS, 0, 5),
            new PcpMessage.AnnounceResponse(PcpResult.UNSUPP_OPCODE, 1800, 5),
            new PcpMessage.MapResponse(PcpResult.SUCCESS, 3600, 0xffff_ffffL, MAP, OPTIONS),
            new PcpMessage.MapResponse(PcpResult.ADDRESS_MISMATCH, 1800, 9, MAP6, List.of()),
            new PcpMessage.ErrorResponse(1, PcpResult.MALFORMED_REQUEST, 30, 9),
            new PcpMessage.ErrorResponse(3, new PcpResult(99), 30, 9));

    /** RFC 6887 sections 7.1 and 11.1, written out by hand from the diagrams. */
    @Test
    void writesWhatTheDiagramsShow() {
        assertEquals(
                hex("02010000" + "00001c20" + "00000000000000000000ffffc0000202" + "0102030405060708090a0b0c"
                        + "11000000" + "ca6c9c40" + "00000000000000000000ffffc6336407"),
                PcpCodec.encode(MESSAGES.get(1)));
        assertEquals(
                hex("02000000" + "00000000" + "00000000000000000000ffffc0000202"), PcpCodec.encode(MESSAGES.get(0)));
    }

    @Test
    void readsWhatTheDiagramsShow() {
        assertEquals(
                Optional.of(new PcpMessage.MapResponse(PcpResult.SUCCESS, 3600, 77, MAP, List.of())),
                PcpCodec.decode(hex("02810000" + "00000e10" + "0000004d" + "000000000000000000000000"
                        + "0102030405060708090a0b0c" + "11000000" + "ca6c9c40" + "00000000000000000000ffffc6336407")));
    }

    /** RFC 6886 section 9: a server of NAT-PMP alone answers in version 0, in 8 bytes. */
    @Test
    void readsTheAnswerOfAServerOfNatPmpAlone() {
        assertEquals(Optional.of(new PcpMessage.OtherVersion(0)), PcpCodec.decode(hex("0081" + "0001" + "00000003")));
    }

    @Test
    void whatIsWrittenIsReadBack() {
        for (PcpMessage message : MESSAGES) {
            assertEquals(Optional.of(message), PcpCodec.decode(PcpCodec.encode(message)));
            assertEquals(0, PcpCodec.encode(message).length() % 4);
        }
    }

    @Test
    void messageCutAnywhereIsNoSuccess() {
        for (PcpMessage message : MESSAGES) {
            byte[] whole = PcpCodec.encode(message).bytes();
            for (int length = 0; length < whole.length; length++) {
                var read = PcpCodec.decode(Octets.of(Arrays.copyOf(whole, length)));
                // Cut between two options it is a shorter message, and cut behind the header an error.
                assertTrue(
                        read.isEmpty()
                                || (length >= 60 && length % 4 == 0)
                                || read.get() instanceof PcpMessage.ErrorResponse,
                        () -> message + " as " + read);
            }
        }
    }

    @Test
    void optionBeyondTheMessageIsRefused() {
        var whole = PcpCodec.encode(MESSAGES.get(5)).bytes();
        whole[60 + 3] = 120;
        assertEquals(Optional.empty(), PcpCodec.decode(Octets.of(whole)));
    }

    @Test
    void messageLongerThanTheRfcAllowsIsRefusedBothWays() {
        assertEquals(Optional.empty(), PcpCodec.decode(Octets.of(Arrays.copyOf(new byte[] {2, (byte) 0x80}, 1104))));
        var large = new PcpOption.Unknown(200, Octets.of(new byte[1100]));
        assertThrows(
                IllegalArgumentException.class,
                () -> PcpCodec.encode(new PcpMessage.MapResponse(PcpResult.SUCCESS, 1, 1, MAP, List.of(large))));
    }

    @Test
    void anyBytesAreReadOrRefusedAndWhatIsReadIsWrittenBack() {
        var random = Damage.random();
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            var good = PcpCodec.encode(MESSAGES.get(random.nextInt(MESSAGES.size())));
            var message = PcpCodec.decode(Damage.of(random, good.bytes()));
            if (message.isPresent()) {
                read++;
                assertEquals(message, PcpCodec.decode(PcpCodec.encode(message.get())));
            }
        }
        assertTrue(read > 1000, "the damage must leave something to read, was " + read);
    }

    private static Octets hex(String text) {
        return Octets.of(HexFormat.of().parseHex(text));
    }
}
