package dev.reroam.tunnel.tailscale;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.io.IOException;
import java.io.Reader;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** JSON to {@link NodeStatus}. Used once. */
public final class StatusReader {

    // Go's zero time, 0001-01-01T00:00:00Z, means never.
    private static final Instant FIRST = Instant.EPOCH;
    private static final int MOST_TROUBLES = 20;
    private static final int MOST_ADDRESSES = 4;

    private String version = "";
    private BackendState state = BackendState.NO_STATE;
    private boolean tun;
    private List<String> health = List.of();
    private Optional<NodeStatus.Self> self = Optional.empty();
    private final List<NodeStatus.Peer> peers = new ArrayList<>();
    private int leftOut;

    private StatusReader() {}

    /**
     * Reads one.
     *
     * @throws IOException where it is not JSON, or no object, with the reason
     */
    public static NodeStatus read(Reader text) throws IOException {
        var reader = new StatusReader();
        try (var json = new JsonReader(text)) {
            if (json.peek() != JsonToken.BEGIN_OBJECT) {
                throw new IOException("not a status: " + json.peek());
            }
            Fields.each(json, reader::field);
            if (json.peek() != JsonToken.END_DOCUMENT) {
                throw new IOException("more than a status");
            }
        } catch (MalformedJsonException | IllegalStateException | NumberFormatException e) {
            throw Fields.notJson(e);
        }
        return new NodeStatus(
                reader.version, reader.state, reader.tun, reader.health, reader.self, reader.peers, reader.leftOut);
    }

    private void field(String name, JsonReader json) throws IOException {
        switch (name) {
            case "Version" -> version = Fields.text(json);
            case "BackendState" -> state = BackendState.of(Fields.text(json));
            case "TUN" -> tun = Fields.truth(json);
            case "Health" -> health = Fields.texts(json, MOST_TROUBLES);
            case "Self" -> self = json.peek() == JsonToken.BEGIN_OBJECT ? Optional.of(self(json)) : skipped(json);
            case "Peer" -> Fields.each(json, (key, peer) -> peer(peer));
            default -> json.skipValue();
        }
    }

    private static Optional<NodeStatus.Self> skipped(JsonReader json) throws IOException {
        json.skipValue();
        return Optional.empty();
    }

    private static NodeStatus.Self self(JsonReader json) throws IOException {
        var node = new One();
        Fields.each(json, node::field);
        return new NodeStatus.Self(node.name(), node.addresses, node.endpoints, node.online, node.relay, node.expired);
    }

    private void peer(JsonReader json) throws IOException {
        if (peers.size() == NodeStatus.MOST_PEERS) {
            leftOut++;
            json.skipValue();
            return;
        }
        var node = new One();
        Fields.each(json, node::field);
        peers.add(new NodeStatus.Peer(
                node.name(),
                node.addresses,
                node.online,
                node.active,
                node.exitNode,
                node.direct,
                node.relay,
                node.peerRelay,
                node.handshakeAt,
                node.received,
                node.sent));
    }

    /** A node as it is read: ipn/ipnstate/ipnstate.go {@code PeerStatus}. */
    private static final class One {

        private String hostName = "";
        private String dnsName = "";
        private final List<IpAddress> addresses = new ArrayList<>();
        private final List<Endpoint> endpoints = new ArrayList<>();
        private boolean online;
        private boolean active;
        private boolean exitNode;
        private boolean expired;
        private Optional<Endpoint> direct = Optional.empty();
        private String relay = "";
        private String peerRelay = "";
        private Optional<Instant> handshakeAt = Optional.empty();
        private long received;
        private long sent;

        void field(String name, JsonReader json) throws IOException {
            switch (name) {
                case "HostName" -> hostName = Fields.text(json);
                case "DNSName" -> dnsName = Fields.text(json);
                case "TailscaleIPs" ->
                    Fields.texts(json, MOST_ADDRESSES)
                            .forEach(text -> address(text).ifPresent(addresses::add));
                case "Addrs" ->
                    Fields.texts(json, NodeStatus.Self.MOST_ENDPOINTS)
                            .forEach(text -> endpoint(text).ifPresent(endpoints::add));
                case "CurAddr" -> direct = endpoint(Fields.text(json));
                case "Relay" -> relay = Fields.text(json);
                case "PeerRelay" -> peerRelay = Fields.text(json);
                case "RxBytes" -> received = Fields.number(json);
                case "TxBytes" -> sent = Fields.number(json);
                case "LastHandshake" -> handshakeAt = time(Fields.text(json));
                case "Online" -> online = Fields.truth(json);
                case "Active" -> active = Fields.truth(json);
                case "ExitNode" -> exitNode = Fields.truth(json);
                case "Expired" -> expired = Fields.truth(json);
                default -> json.skipValue();
            }
        }

        /** The first word of its name in the tailnet, which is unique there; a host's own name need not be. */
        String name() {
            int dot = dnsName.indexOf('.');
            String first = dot < 0 ? dnsName : dnsName.substring(0, dot);
            return first.isEmpty() ? hostName : first;
        }
    }

    private static Optional<IpAddress> address(String text) {
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (IllegalArgumentException e) {
            // Why it is safe: as with any value that this program does not know.
            return Optional.empty();
        }
    }

    private static Optional<Endpoint> endpoint(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Endpoint.parse(text));
        } catch (IllegalArgumentException e) {
            // Why it is safe: as above.
            return Optional.empty();
        }
    }

    private static Optional<Instant> time(String text) {
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Instant.parse(text)).filter(FIRST::isBefore);
        } catch (DateTimeParseException e) {
            // Why it is safe: as above.
            return Optional.empty();
        }
    }
}
