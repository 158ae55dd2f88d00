package dev.reroam.portmap;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.MapperEffect.Tell;
import dev.reroam.portmap.UplinkMapper.Under;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Wanted;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** An {@link UplinkMapper} in the making: what the parts of one {@link UplinkStep} write to. One use. */
final class Draft {

    final UplinkMapper before;
    final long now;
    final List<MapperEffect> effects = new ArrayList<>();
    final Map<Protocol, GatewayClient> clients;
    final Map<Protocol, Presence> presence;
    final SortedMap<Wanted, Port> ports;
    Optional<Under> under;
    final Map<Cause, Damping> dampings;
    final Map<Protocol, IpAddress> externals;
    long probeAt;
    int probes;
    private Chance chance;
    Optional<Stopping> stopping;
    boolean ended;
    long sent;
    long calls;
    long dropped;

    Draft(UplinkMapper before, long now) {
        this.before = before;
        this.now = now;
        clients = new EnumMap<>(before.clients());
        presence = new EnumMap<>(before.presence());
        ports = new TreeMap<>(before.ports());
        under = before.under();
        dampings = new EnumMap<>(before.dampings());
        externals = new EnumMap<>(Protocol.class);
        externals.putAll(before.externals());
        probeAt = before.probeAt();
        probes = before.probes();
        chance = before.chance();
        stopping = before.stopping();
        ended = before.ended();
        sent = before.counts().sent();
        calls = before.counts().calls();
        dropped = before.counts().dropped();
    }

    UplinkMapper.Step step() {
        return new UplinkMapper.Step(
                new UplinkMapper(
                        before.gateway(),
                        clients,
                        presence,
                        ports,
                        under,
                        dampings,
                        externals,
                        probeAt,
                        probes,
                        chance,
                        stopping,
                        ended,
                        new Counts(sent, calls, dropped)),
                effects);
    }

    void tell(News news) {
        effects.add(new Tell(news));
    }

    void put(Port port) {
        ports.put(port.wanted(), port);
    }

    boolean stopping() {
        return stopping.isPresent();
    }

    /** It is known whether the gateway speaks a protocol. */
    void know(Protocol protocol, Presence value) {
        if (!value.equals(presence.put(protocol, value))) {
            tell(new News.Probed(protocol, value));
        }
    }

    /** The port as it is without its mapping. */
    Port lose(Port port, String why) {
        Port lost = port.withMapping(Optional.empty());
        put(lost);
        if (port.mapping().isPresent()) {
            tell(new News.Lost(port.wanted(), why));
        }
        return lost;
    }

    /** Draws: about this long. */
    long near(long nanos) {
        long drawn = chance.near(nanos, Pace.JITTER_PERCENT);
        chance = chance.next();
        return drawn;
    }
}
