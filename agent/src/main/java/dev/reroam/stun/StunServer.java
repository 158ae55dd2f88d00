package dev.reroam.stun;

import java.util.List;

/**
 * The name and port of a STUN server. Immutable; resolving it, by the servers of the uplink that is asked about, is the
 * caller's business.
 *
 * @param host a name or an address literal
 * @param port 1 to 65535
 */
public record StunServer(String host, int port) {

    /** RFC 8489 section 18.4 */
    public static final int DEFAULT_PORT = 3478;

    /**
     * Asked where nothing is configured: public servers of several operators, so that no operator's bad day looks like an
     * uplink's, and none learns of every question. The first two have IPv6 too; the last two are said to have two addresses
     * (RFC 5780). What each learns is our public address and port, and when we asked.
     */
    public static final List<StunServer> DEFAULTS = List.of(
            new StunServer("stun.cloudflare.com", DEFAULT_PORT),
            new StunServer("stun.l.google.com", 19302),
            // This operator's own choice of port: where a firewall knows only QUIC, it gets through.
            new StunServer("stun.nextcloud.com", 443),
            new StunServer("global.stun.twilio.com", DEFAULT_PORT),
            new StunServer("stun.sipgate.net", DEFAULT_PORT),
            new StunServer("stun.voip.blackberry.com", DEFAULT_PORT));

    public StunServer {
        if (host.isBlank() || port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("STUN server '" + host + "' port " + port);
        }
    }

    /**
     * Reads {@code stun.example.org}, {@code stun.example.org:3479}, {@code 192.0.2.1:3478} or {@code [2001:db8::1]:3478}.
     *
     * @throws IllegalArgumentException with the text in its message
     */
    public static StunServer parse(String text) {
        int bracket = text.startsWith("[") ? text.indexOf(']') : 0;
        int colon = text.indexOf(':', Math.max(bracket, 0));
        String host = colon < 0 ? text : text.substring(0, colon);
        String port = colon < 0 ? "" + DEFAULT_PORT : text.substring(colon + 1);
        boolean isBracketed = bracket > 0 && host.endsWith("]");
        if (bracket < 0 || (bracket > 0 && !isBracketed) || !port.matches("\\d{1,5}") || host.isBlank()) {
            throw new IllegalArgumentException("not a STUN server: '" + text + "'");
        }
        return new StunServer(isBracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
