package dev.reroam.web;

import dev.reroam.config.Mode;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of the agent and of all it watches, at one instant. Immutable. Never holds a secret.
 *
 * @param nowMillis wall clock, milliseconds since 1970, as are all other {@code …Millis} that are not an age
 * @param startedMillis when the agent started
 * @param missing privileges that the agent would use and has not
 * @param node of Tailscale; empty where there is no tailscaled
 * @param counters what happened since the start, in a fixed order; a unit stands in the name where it is not a number of
 *     times
 */
public record StatusReport(
        String version,
        Mode mode,
        long pid,
        long nowMillis,
        long startedMillis,
        List<MissingCapability> missing,
        List<Uplink> uplinks,
        List<Device> devices,
        List<Tunnel> tunnels,
        Optional<Node> node,
        Map<String, Long> counters) {

    public StatusReport {
        missing = List.copyOf(missing);
        uplinks = List.copyOf(uplinks);
        devices = List.copyOf(devices);
        tunnels = List.copyOf(tunnels);
        // Not Map.copyOf: that would shuffle the order.
        counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
    }

    /**
     * A privilege that is not there.
     *
     * @param name {@code CAP_NET_ADMIN}
     * @param costs what cannot be done without it
     */
    public record MissingCapability(String name, String costs) {}

    /** A way out. */
    public record Uplink(
            String interfaceName,
            int interfaceIndex,
            Optional<IpAddress> gateway,
            Optional<IpAddress> source,
            UplinkState state,
            long sinceMillis,
            Outside outside) {}

    /** What is thought of an uplink. */
    public enum UplinkState {
        /** Nothing speaks against it. */
        UP,
        /** Something does. */
        SUSPECT,
        /** It has no carrier, or was set down. */
        DOWN;

        /** The word in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A WireGuard device.
     *
     * @param facts empty when it cannot be read
     * @param reason why it cannot be read, or is only watched; empty when neither
     * @param portReason why its listen port may be given up, or not; empty when it cannot be read
     * @param seen how servers saw its port, over each uplink that its tunnels take
     */
    public record Device(
            String name,
            Optional<DeviceFacts> facts,
            Optional<String> reason,
            Optional<String> portReason,
            List<Outside.Seen> seen) {
        public Device {
            seen = List.copyOf(seen);
        }
    }

    /**
     * A tunnel.
     *
     * @param id what commands take: {@code wg0/AbCdEfGh}, or the device where its peers cannot be read
     * @param peer the peer's public key; empty where it cannot be read
     * @param sinceMillis since when it is in this state
     * @param reason why it needs a person, waits for the peer or cannot be read
     * @param path the way of its outer packets; empty while that was not asked
     * @param endpoint where the peer was last heard from; empty when never
     * @param probe inner address that gets the echoes; empty when none is known
     * @param keepaliveSeconds 0 when off
     * @param incident the incident that it is part of
     */
    public record Tunnel(
            String id,
            String device,
            Optional<String> peer,
            TunnelState state,
            long sinceMillis,
            Optional<String> reason,
            Optional<Path> path,
            Optional<Endpoint> endpoint,
            Optional<Proof> proof,
            Optional<IpAddress> probe,
            int keepaliveSeconds,
            long receivedBytes,
            long sentBytes,
            OptionalLong incident) {

        /**
         * One of which nothing is known but its interface.
         *
         * @param receivedBytes of the interface, as the other
         */
        public static Tunnel unread(
                String device,
                TunnelState state,
                long sinceMillis,
                Optional<String> reason,
                long receivedBytes,
                long sentBytes) {
            return new Tunnel(
                    device,
                    device,
                    Optional.empty(),
                    state,
                    sinceMillis,
                    reason,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    receivedBytes,
                    sentBytes,
                    OptionalLong.empty());
        }
    }

    /**
     * This box's node of a Tailscale network: one tunnel to many.
     *
     * @param id {@code tailscale}, with the node's name where it is known
     * @param reason why it needs a person, is not well or cannot be read; and what it would take
     * @param version of tailscaled
     * @param backend tailscaled's own word for its state
     * @param relay code of its home relay's region
     * @param peers how many other nodes there are
     * @param active to how many something was sent lately
     * @param direct how many of those are reached without a relay
     * @param warnings codes of what tailscaled says is wrong
     * @param repairs whether it lets itself be repaired: {@code given}, {@code refused}, {@code absent} or {@code unknown}
     */
    public record Node(
            String id,
            TunnelState state,
            long sinceMillis,
            Optional<String> reason,
            Optional<String> version,
            Optional<String> backend,
            Optional<String> relay,
            int peers,
            int active,
            int direct,
            List<String> warnings,
            String socket,
            String repairs) {
        public Node {
            warnings = List.copyOf(warnings);
        }
    }

    /** How a tunnel is. */
    public enum TunnelState {
        /** It carries, as far as anybody can know. */
        CARRYING,
        /** Nothing is wrong and nothing is said: the far side is away, or both have been silent for long. */
        ASLEEP,
        /** Something broke it and it is not proved again yet. */
        RECOVERING,
        /** Something broke it, and the agent may or can only watch. */
        OBSERVED,
        /** The far side must move first. */
        WAITING_FOR_THE_PEER,
        /** Everything that may be done was done. */
        NEEDS_A_PERSON,
        /** No permission, or nobody to ask. */
        CANNOT_BE_READ,
        /** Configured to be left alone. */
        DISABLED;

        /** The word in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What last proved that a tunnel carries.
     *
     * @param what {@code handshake}, {@code echo 10.9.0.1}, {@code received}
     */
    public record Proof(String what, long atMillis) {}
}
