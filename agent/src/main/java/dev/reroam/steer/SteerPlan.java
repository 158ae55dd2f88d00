package dev.reroam.steer;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.uplink.Uplink;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which endpoints are to be reached by which uplink, whatever the routing tables say. Immutable.
 *
 * @param ways of one family each; in the order in which they were wished
 */
public record SteerPlan(Map<Endpoint, Uplink> ways) {

    /** Nothing is steered. */
    public static final SteerPlan NONE = new SteerPlan(Map.of());

    private static final List<IpPrefix> MULTICAST = List.of(IpPrefix.parse("224.0.0.0/4"), IpPrefix.parse("ff00::/8"));

    public SteerPlan {
        ways = Collections.unmodifiableMap(new LinkedHashMap<>(ways));
        ways.forEach((endpoint, uplink) -> {
            if (!canBeSteered(endpoint)) {
                throw new IllegalArgumentException("cannot be steered: " + endpoint);
            }
            if (endpoint.address().family() != uplink.family()) {
                throw new IllegalArgumentException(endpoint + " by " + uplink);
            }
        });
    }

    /**
     * Whether an uplink makes a difference to it. A link-local address is on one link only, and there is no way to ourselves
     * or to a group.
     */
    public static boolean canBeSteered(Endpoint endpoint) {
        IpAddress address = endpoint.address();
        return endpoint.port() != 0
                && !address.isLinkLocal()
                && !address.isLoopback()
                && !address.equals(IpAddress.ANY_V4)
                && !address.equals(IpAddress.ANY_V6)
                && MULTICAST.stream().noneMatch(group -> group.contains(address));
    }

    /** Whether nothing is steered. */
    public boolean isEmpty() {
        return ways.isEmpty();
    }

    /** The same, and this endpoint by that uplink instead of any other. */
    public SteerPlan with(Endpoint endpoint, Uplink uplink) {
        var more = new LinkedHashMap<>(ways);
        more.put(endpoint, uplink);
        return new SteerPlan(more);
    }

    /** The same without these; absent is no error. */
    public SteerPlan without(Collection<Endpoint> endpoints) {
        var fewer = new LinkedHashMap<>(ways);
        fewer.keySet().removeAll(List.copyOf(endpoints));
        return new SteerPlan(fewer);
    }

    /** What of it is of one family. */
    SteerPlan of(IpFamily family) {
        var some = new LinkedHashMap<>(ways);
        some.keySet().removeIf(endpoint -> endpoint.address().family() != family);
        return new SteerPlan(some);
    }
}
