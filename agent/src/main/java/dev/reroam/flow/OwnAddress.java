package dev.reroam.flow;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.route.Address;
import dev.reroam.linux.route.Link;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An address of ours, and which way out it stands for. Immutable.
 *
 * @param interfaceIndex kernel's number
 * @param everywhere it is the box's and no link's, as one on a loopback or dummy interface: it goes well with every way out
 */
public record OwnAddress(IpAddress address, int interfaceIndex, boolean everywhere) {

    // net/flow.h LOOPBACK_IFINDEX: in every network namespace.
    private static final int LOOPBACK = 1;
    private static final Set<String> LINKLESS = Set.of("dummy");

    /** All addresses that packets may be sent from. */
    public static List<OwnAddress> of(Collection<Address> addresses, Collection<Link> links) {
        Map<Integer, Link> byIndex =
                links.stream().collect(Collectors.toMap(Link::index, Function.identity(), (first, second) -> second));
        return addresses.stream()
                .filter(Address::isUsable)
                .map(address -> new OwnAddress(
                        address.local(),
                        address.link(),
                        address.link() == LOOPBACK || isLinkless(byIndex, address.link())))
                .toList();
    }

    private static boolean isLinkless(Map<Integer, Link> links, int index) {
        var link = links.get(index);
        return link != null && LINKLESS.contains(link.kind());
    }
}
