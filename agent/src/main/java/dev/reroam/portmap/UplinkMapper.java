package dev.reroam.portmap;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.natpmp.NatPmpClient;
import dev.reroam.portmap.pcp.PcpClient;
import dev.reroam.portmap.pcp.PcpNonce;
import dev.reroam.portmap.upnp.UpnpClient;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All port mappings of one uplink, as an immutable state. Pure; {@link UplinkStep} has the rules.
 *
 * <p>The protocols are probed together, and one maps: PCP, else NAT-PMP, else UPnP, the next only when the one before said
 * no and what it may have made is taken back by itself. Gateways keep one table for all three, so it shows at most one
 * entry of ours for a port at every moment.
 *
 * @param clients one for each protocol that the address family has: IPv6 has PCP only
 * @param under the operation that is under way; one at a time, for all ports
 * @param dampings one for each cause
 * @param externals the outer address that each protocol told last
 * @param probeAt when what is unknown or absent is probed again while a port has no mapping
 * @param probes how often without an answer
 * @param stopping empty until it is stopped
 */
public record UplinkMapper(
        IpAddress gateway,
        Map<Protocol, GatewayClient> clients,
        Map<Protocol, Presence> presence,
        SortedMap<Wanted, Port> ports,
        Optional<Under> under,
        Map<Cause, Damping> dampings,
        Map<Protocol, IpAddress> externals,
        long probeAt,
        int probes,
        Chance chance,
        Optional<Stopping> stopping,
        boolean ended,
        Counts counts) {

    public UplinkMapper {
        clients = Map.copyOf(clients);
        presence = Map.copyOf(presence);
        dampings = Map.copyOf(dampings);
        externals = Map.copyOf(externals);
        ports = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(ports));
    }

    /**
     * The operation under way.
     *
     * @param deletes else it maps
     * @param hadTrace something of ours may have been in the table before
     */
    public record Under(Protocol protocol, Wanted wanted, boolean deletes, boolean hadTrace) {}

    /** The outcome of one step. */
    public record Step(UplinkMapper mapper, List<MapperEffect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }
    }

    /**
     * For an uplink that has just become known.
     *
     * @param gateway next hop of the uplink, of whatever kind its address is
     * @param local our address towards it
     * @param nonce PCP's; see {@link PcpClient}
     * @param subscribes whether UPnP events are asked for: a SUBSCRIBE with an empty CALLBACK, which the edge fills in
     * @param now monotonic nanoseconds
     */
    public static UplinkMapper of(
            IpAddress gateway, IpAddress local, PcpNonce nonce, boolean subscribes, Chance chance, long now) {
        var clients = new EnumMap<Protocol, GatewayClient>(Protocol.class);
        clients.put(Protocol.PCP, PcpClient.of(gateway, local, nonce, chance));
        if (gateway.family() == IpFamily.V4) {
            clients.put(Protocol.NAT_PMP, NatPmpClient.of(gateway));
            clients.put(Protocol.UPNP, UpnpClient.of(gateway, local, subscribes, chance.next()));
        }
        var presence = new EnumMap<Protocol, Presence>(Protocol.class);
        clients.keySet().forEach(protocol -> presence.put(protocol, new Presence.Unknown()));
        var dampings = new EnumMap<Cause, Damping>(Cause.class);
        for (Cause cause : Cause.values()) {
            dampings.put(cause, Damping.fresh(now));
        }
        return new UplinkMapper(
                gateway,
                clients,
                presence,
                new TreeMap<>(),
                Optional.empty(),
                dampings,
                Map.of(),
                now,
                0,
                chance.next().next(),
                Optional.empty(),
                false,
                Counts.NONE);
    }

    /** As it is, and with what a mapper before it has learnt. */
    public UplinkMapper knowing(Known known) {
        var withDevice = new EnumMap<Protocol, GatewayClient>(clients);
        if (known.device().isPresent() && clients.get(Protocol.UPNP) instanceof UpnpClient upnp) {
            withDevice.put(Protocol.UPNP, upnp.knowing(known.device().get()));
        }
        var withSilent = new EnumMap<Protocol, Presence>(presence);
        known.silent().stream()
                .filter(clients::containsKey)
                .forEach(protocol -> withSilent.put(protocol, new Presence.Absent(false, "silent before")));
        return new UplinkMapper(
                gateway,
                withDevice,
                withSilent,
                ports,
                under,
                dampings,
                externals,
                probeAt,
                probes,
                chance,
                stopping,
                ended,
                counts);
    }

    /** The next state and what shall be done; {@code now} in monotonic nanoseconds. */
    public Step step(MapperEvent event, long now) {
        return new UplinkStep(this, now).run(event);
    }

    /** When {@link MapperEvent.Due} is wanted, monotonic nanoseconds; {@link Long#MAX_VALUE} for not at all. */
    public long dueAt() {
        return Agenda.of(this);
    }

    /** What is mapped now. */
    public List<Mapping> mappings() {
        return ports.values().stream().flatMap(port -> port.mapping().stream()).toList();
    }
}
