package dev.reroam.linux.wireguard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpPrefix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a kernel sent to {@code wg}, and what {@code wg} printed: {@code NAME.hex} says when and where. */
class DeviceCaptureTest {

    private static final Path FOLDER = Path.of("src/test/resources/wireguard");
    private static final String NAME = "device-in-two-messages";

    /** Separated by empty lines. */
    private static List<ByteBuffer> messages() throws Exception {
        var messages = new ArrayList<ByteBuffer>();
        var text = Files.readString(FOLDER.resolve(NAME + ".hex")).replaceAll("(?m)^#.*\\n", "");
        for (var message : text.split("\\n\\n", -1)) {
            // The capture is of a little-endian machine.
            messages.add(ByteBuffer.wrap(HexFormat.of().parseHex(message.replaceAll("\\s", "")))
                    .order(ByteOrder.LITTLE_ENDIAN));
        }
        return messages;
    }

    @Test
    void saysWhatWgPrinted() throws Exception {
        var assembly = new DeviceAssembly();
        assembly.begin();
        var messages = messages();
        assertEquals(2, messages.size());
        // The interface's number in the capture.
        var decoder = new DeviceDecoder(assembly, 2);
        for (var message : messages) {
            decoder.onMessage(message);
        }
        var device = decoder.finish();
        var lines = new ArrayList<String>();
        lines.add(String.join(
                "\t",
                device.publicKey().orElseThrow().base64(),
                Integer.toString(device.listenPort()),
                "0x" + Integer.toHexString(device.mark())));
        device.peers().forEach(peer -> lines.add(text(peer)));
        assertEquals(Files.readAllLines(FOLDER.resolve(NAME + ".expect")), lines);
        assertEquals("wg0", device.name());
    }

    private static String text(WireGuardPeer peer) {
        var prefixes = peer.allowedIps().stream().map(IpPrefix::toString).collect(Collectors.joining(","));
        return String.join(
                "\t",
                peer.publicKey().base64(),
                peer.endpoint().map(Endpoint::toString).orElse("(none)"),
                prefixes.isEmpty() ? "(none)" : prefixes,
                Long.toString(peer.handshakeSeconds()),
                Long.toString(peer.receivedBytes()),
                Long.toString(peer.sentBytes()),
                peer.keepaliveSeconds() == 0 ? "off" : Integer.toString(peer.keepaliveSeconds()));
    }
}
