package dev.reroam.portmap.upnp;

import dev.reroam.portmap.gateway.Octets;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A datagram of SSDP (UPnP Device Architecture 2.0 section 1), as far as it concerns gateways. */
public sealed interface SsdpMessage {

    /** UDA section 1.1.2. */
    int PORT = 1900;

    /** What a gateway's device type begins with, in any version. */
    String GATEWAY_DEVICE = "urn:schemas-upnp-org:device:InternetGatewayDevice:";

    /** More than any real answer, which has some 400 bytes. */
    int MOST_BYTES = 4096;

    /**
     * An answer to a search.
     *
     * @param boot BOOTID.UPNP.ORG, which rises when the device starts; empty with old devices
     */
    record Answer(String target, String location, OptionalLong boot) implements SsdpMessage {}

    /** ssdp:alive or ssdp:update: it is there. */
    record Alive(String target, String location, OptionalLong boot) implements SsdpMessage {}

    /** ssdp:byebye: it goes. */
    record Byebye(String target) implements SsdpMessage {}

    /** A search for gateways (UDA section 1.3.2). */
    static Octets search(String host, String target) {
        String text = "M-SEARCH * HTTP/1.1\r\nHOST: " + host + ":" + PORT
                + "\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: " + target + "\r\n\r\n";
        return Octets.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** What was sent; empty for anything else, searches of others among it. */
    static Optional<SsdpMessage> parse(Octets octets) {
        if (octets.length() > MOST_BYTES) {
            return Optional.empty();
        }
        String text = new String(octets.bytes(), StandardCharsets.ISO_8859_1);
        String[] lines = text.split("\r?\n", -1);
        var headers = headers(lines);
        if (headers.isEmpty()) {
            return Optional.empty();
        }
        var boot = boot(headers.get().getOrDefault("BOOTID.UPNP.ORG", ""));
        String location = headers.get().getOrDefault("LOCATION", "");
        if (lines[0].matches("HTTP/1\\.[01] 200( .*)?")) {
            String target = headers.get().getOrDefault("ST", "");
            return location.isEmpty() || target.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Answer(target, location, boot));
        }
        String target = headers.get().getOrDefault("NT", "");
        if (!lines[0].matches("NOTIFY \\* HTTP/1\\.[01]") || target.isEmpty()) {
            return Optional.empty();
        }
        return switch (headers.get().getOrDefault("NTS", "")) {
            case "ssdp:alive", "ssdp:update" ->
                location.isEmpty() ? Optional.empty() : Optional.of(new Alive(target, location, boot));
            case "ssdp:byebye" -> Optional.of(new Byebye(target));
            default -> Optional.empty();
        };
    }

    private static Optional<Map<String, String>> headers(String[] lines) {
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1 || i > 64) {
                return Optional.empty();
            }
            headers.putIfAbsent(
                    lines[i].substring(0, colon).strip(),
                    lines[i].substring(colon + 1).strip());
        }
        return Optional.of(headers);
    }

    private static OptionalLong boot(String text) {
        return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
