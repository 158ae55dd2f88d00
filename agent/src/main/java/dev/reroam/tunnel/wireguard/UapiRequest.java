package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A request as the daemon reads it. Immutable. Never holds a secret.
 *
 * <p>A request is at most {@value #MAX_LENGTH} bytes: so it fits an empty socket buffer and goes out with one write(2), and
 * being killed cannot leave half of it with the daemon.
 */
public final class UapiRequest {

    // Ours: far below net.core.wmem_default (212,992), which counts the kernel's overhead too.
    static final int MAX_LENGTH = 32 << 10;
    // A nudge with an IPv6 endpoint and its second block takes 320.
    private static final int MAX_NUDGE = 400;

    /** Tell everything. */
    static final UapiRequest GET = new UapiRequest("get=1\n\n");

    private final byte[] text;
    private final boolean set;

    private UapiRequest(String text) {
        this.text = text.getBytes(StandardCharsets.US_ASCII);
        this.set = text.startsWith("set");
    }

    /**
     * Sends a packet to each peer and leaves everything as it is; unknown keys are ignored.
     *
     * <p>wireguard-go: naming the endpoint makes it forget the source address; turning the keepalive on sends a packet once
     * the peer's block ends, and only if it is still on then, which is why a keepalive that was off takes a second block.
     *
     * @return one request, or several where one would be too long; a peer is never split
     */
    public static List<UapiRequest> nudge(List<WireGuardNudge> nudges) {
        var requests = new ArrayList<UapiRequest>();
        var text = begin();
        for (var nudge : nudges) {
            if (text.length() > MAX_LENGTH - MAX_NUDGE) {
                requests.add(end(text));
                text = begin();
            }
            append(text, nudge);
        }
        requests.add(end(text));
        return List.copyOf(requests);
    }

    /** Sets the port; the one that is set already makes wireguard-go open its sockets anew, 0 picks a fresh one. */
    public static UapiRequest listenPort(int port) {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port);
        }
        return end(begin().append("listen_port=").append(port).append('\n'));
    }

    /** Sets a peer's keepalive, 0 for off; an unknown key is ignored. Turning it on sends a packet. */
    public static UapiRequest keepalive(WireGuardKey peer, int seconds) {
        if (seconds < 0 || seconds > 0xffff) {
            throw new IllegalArgumentException("keepalive of " + seconds + " s");
        }
        var text = begin();
        peer(text, peer);
        keepalive(text, seconds);
        return end(text);
    }

    /** Sets where a peer is; an unknown key is ignored. Sends nothing by itself. */
    public static UapiRequest endpoint(WireGuardKey peer, Endpoint endpoint) {
        var text = begin();
        peer(text, peer);
        endpoint(text, endpoint);
        return end(text);
    }

    /** Whether it changes something. */
    boolean isSet() {
        return set;
    }

    /** A fresh copy of what goes over the wire. */
    byte[] bytes() {
        return text.clone();
    }

    @Override
    public String toString() {
        return new String(text, StandardCharsets.US_ASCII);
    }

    private static StringBuilder begin() {
        return new StringBuilder(512).append("set=1\n");
    }

    private static UapiRequest end(StringBuilder text) {
        return new UapiRequest(text.append('\n').toString());
    }

    private static void append(StringBuilder text, WireGuardNudge nudge) {
        int keepalive = nudge.keepaliveSeconds();
        peer(text, nudge.publicKey());
        nudge.endpoint().ifPresent(at -> endpoint(text, at));
        keepalive(text, 0);
        keepalive(text, keepalive == 0 ? WireGuardNudge.PASSING_KEEPALIVE_SECONDS : keepalive);
        if (keepalive == 0) {
            peer(text, nudge.publicKey());
            keepalive(text, 0);
        }
    }

    private static void peer(StringBuilder text, WireGuardKey key) {
        text.append("public_key=").append(key.hex()).append("\nupdate_only=true\n");
    }

    private static void endpoint(StringBuilder text, Endpoint endpoint) {
        text.append("endpoint=").append(endpoint).append('\n');
    }

    private static void keepalive(StringBuilder text, int seconds) {
        text.append("persistent_keepalive_interval=").append(seconds).append('\n');
    }
}
