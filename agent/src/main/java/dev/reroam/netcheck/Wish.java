package dev.reroam.netcheck;

import dev.reroam.stun.StunServer;
import java.util.List;
import java.util.Optional;

/**
 * What is to be looked at, and who is asked. Immutable.
 *
 * @param uplinks each is asked separately, in this order in the report
 * @param servers the first {@link #MOST_SERVERS} different ones count
 * @param portal the page that shows a captive portal; empty: not asked
 * @param bindingLifetime whether to measure how long each NAT remembers, which takes minutes
 */
public record Wish(
        List<Target> uplinks, List<StunServer> servers, Optional<PortalUrl> portal, boolean bindingLifetime) {

    /** As many as a discovery takes. */
    public static final int MOST_SERVERS = 8;

    public Wish {
        uplinks = uplinks.stream().distinct().toList();
        servers = servers.stream().distinct().limit(MOST_SERVERS).toList();
    }
}
