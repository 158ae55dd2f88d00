package dev.reroam.flow;

import dev.reroam.linux.conntrack.Flow;
import dev.reroam.linux.conntrack.FlowFilter;
import dev.reroam.linux.conntrack.FlowTuple;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells which flows of one tunnel are stale. Shown one flow after the other, it keeps only the tunnel's own. One thread; no
 * input or output: the same flows give the same judgement.
 *
 * <p>A flow is the tunnel's own where its end here is an address of ours and a port of the tunnel, and its other end is the
 * peer. What is forwarded for a LAN begins at an address that is not ours, and is not. One that was answered and whose source,
 * as the far side sees it, fits the path is healthy.
 */
public final class FlowJudge {

    // Ours: of one tunnel, flows differ by our addresses alone; a handful is usual.
    static final int MOST_FLOWS = 64;
    // Ours: one for each node of a large network, and for each relay.
    private static final int MOST_OF_MANY = 2_048;

    private final ForgetRequest request;
    private final Map<IpAddress, OwnAddress> own = new HashMap<>();
    private final Map<Key, Sighting> sightings = new LinkedHashMap<>();
    /** Addresses of ours from which the tunnel's ports send to anybody, translated. */
    private final Set<IpAddress> translated = new HashSet<>();

    private record Key(int id, FlowTuple original, int zone) {}

    /**
     * @param source of our packets before translation
     * @param seen the source that the far side sees
     */
    private record Sighting(Flow flow, IpAddress source, IpAddress seen, boolean portRewritten) {
        boolean isTranslated() {
            return !source.equals(seen) || portRewritten;
        }
    }

    FlowJudge(ForgetRequest request) {
        this.request = request;
        request.own().forEach(address -> own.merge(address.address(), address, this::better));
    }

    /** Which flows it must be shown. */
    List<FlowFilter> filters() {
        var ends = request.tunnel();
        var filters = new ArrayList<FlowFilter>();
        ends.localPorts().forEach(port -> filters.add(FlowFilter.fromPort(ends.family(), port)));
        ends.peer().ifPresent(peer -> filters.add(FlowFilter.from(peer)));
        return filters;
    }

    /** Looks at a flow. */
    void see(Flow flow) {
        if (flow.original().protocol() != FlowTuple.UDP) {
            return;
        }
        var sent = flow.original().source();
        boolean ours = request.tunnel().localPorts().contains(sent.port()) && own.containsKey(sent.address());
        if (ours && flow.status().isSourceTranslated()) {
            translated.add(sent.address());
        }
        (ours ? begunHere(flow) : begunThere(flow))
                .filter(sighting ->
                        sightings.size() < (request.tunnel().peer().isPresent() ? MOST_FLOWS : MOST_OF_MANY))
                .ifPresent(sighting -> sightings.put(new Key(flow.id(), flow.original(), flow.zone()), sighting));
    }

    /** How many flows of the tunnel it was shown. */
    int seen() {
        return sightings.size();
    }

    /** Those that are to be forgotten, in the order in which they were seen. */
    List<StaleFlow> stale() {
        var stale = new ArrayList<StaleFlow>();
        for (var sighting : sightings.values()) {
            if (!isAmbiguous(sighting)) {
                why(sighting).ifPresent(why -> stale.add(new StaleFlow(sighting.flow(), why)));
            }
        }
        return stale;
    }

    /** A flow whose destination is translated goes another way than the path says, and is none of ours to judge. */
    private Optional<Sighting> begunHere(Flow flow) {
        if (!request.tunnel().isFarEnd(flow.original().destination())
                || flow.status().isDestinationTranslated()) {
            return Optional.empty();
        }
        var from = flow.original().source();
        var seen = flow.reply().destination();
        return Optional.of(new Sighting(flow, from.address(), seen.address(), from.port() != seen.port()));
    }

    /** Our packets are its answers: translated back to what the far side had sent to. */
    private Optional<Sighting> begunThere(Flow flow) {
        var from = flow.reply().source();
        if (!request.tunnel().isFarEnd(flow.original().source())
                || flow.status().isSourceTranslated()
                || !request.tunnel().localPorts().contains(from.port())
                || !own.containsKey(from.address())) {
            return Optional.empty();
        }
        // Another port was forwarded to ours: nothing was rewritten.
        return Optional.of(
                new Sighting(flow, from.address(), flow.original().destination().address(), false));
    }

    /** The same ends in two zones: one of them is somebody else's, and nothing says which. */
    private boolean isAmbiguous(Sighting sighting) {
        return sightings.values().stream()
                        .map(other -> other.flow().original())
                        .filter(other -> other.source()
                                        .equals(sighting.flow().original().source())
                                && other.destination()
                                        .equals(sighting.flow().original().destination()))
                        .count()
                > 1;
    }

    private Optional<Staleness> why(Sighting sighting) {
        if (request.all()) {
            return Optional.of(Staleness.RENEWED);
        }
        var seen = own.get(sighting.seen());
        if (seen == null) {
            return Optional.of(Staleness.LOST_ADDRESS);
        }
        if (isOfAnotherWay(sighting, seen)) {
            return Optional.empty();
        }
        if (!fits(seen)) {
            boolean bound = sighting.isTranslated() || isOfOtherUplink(seen);
            return Optional.of(bound ? Staleness.OTHER_UPLINK : Staleness.NOT_TRANSLATED);
        }
        if (sighting.flow().status().isReplied()) {
            return Optional.empty();
        }
        if (sighting.portRewritten()) {
            return Optional.of(Staleness.PORT_REWRITTEN);
        }
        boolean neighbours = !sighting.isTranslated() && translated.contains(sighting.source());
        return Optional.of(neighbours ? Staleness.NOT_TRANSLATED : Staleness.UNREPLIED);
    }

    /** What speaks with many speaks with some by the LAN, and is answered there. */
    private boolean isOfAnotherWay(Sighting sighting, OwnAddress seen) {
        return request.tunnel().peer().isEmpty()
                && sighting.flow().status().isReplied()
                && !sighting.isTranslated()
                && !isOfOtherUplink(seen);
    }

    /** Whether what leaves by the path may have this source. */
    private boolean fits(OwnAddress seen) {
        var path = request.path();
        return seen.address().equals(path.source())
                || seen.everywhere()
                || (seen.interfaceIndex() == path.interfaceIndex() && !isOfOtherUplink(seen));
    }

    /** Whether another way out than the path has this address; two may share an interface. */
    private boolean isOfOtherUplink(OwnAddress seen) {
        return request.uplinks().stream()
                .filter(uplink -> !uplink.carries(request.path()))
                .anyMatch(uplink -> uplink.interfaceIndex() == request.path().interfaceIndex()
                        ? carries(uplink, seen) && !carries(request.path(), seen)
                        : uplink.interfaceIndex() == seen.interfaceIndex());
    }

    private static boolean carries(Uplink uplink, OwnAddress address) {
        return uplink.carries(address.interfaceIndex(), uplink.gateway(), address.address());
    }

    /** Of an address that two interfaces have, the one that speaks for the flow. */
    private OwnAddress better(OwnAddress first, OwnAddress second) {
        return fits(second) && !fits(first) ? second : first;
    }
}
