package dev.reroam.network;

import dev.reroam.uplink.Uplink;
import java.util.List;

/**
 * An uplink, and what the picture says of it. Immutable.
 *
 * @param tables the routing tables that lead to it, ascending; a policy-routing setup names it in several
 * @param metric the lowest of its routes
 * @param running its interface can carry packets
 */
public record UplinkFacts(Uplink uplink, List<Integer> tables, long metric, boolean running) {

    public UplinkFacts {
        tables = tables.stream().sorted(Integer::compareUnsigned).distinct().toList();
    }
}
