package dev.reroam.tcp;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.nft.Nft;
import java.util.Collection;
import java.util.LinkedHashSet;

/** The text that nft is given. Pure. */
final class ResetRules {

    static final String NAME = "tcp_reset";

    private static final String TABLE = Nft.TABLE;
    private static final String CHAIN = TABLE + " " + NAME;
    // linux/netfilter_ipv4.h: after connection tracking (-200), so that the reset belongs to the connection and passes
    // other
    // people's rules; before anything that might drop the packet first (mangle, -150).
    private static final int PRIORITY = -180;

    private ResetRules() {}

    /**
     * Exactly these connections are reset afterwards, in one transaction. An address that is deliverable for their sake
     * ({@link LostAddresses}) sends nothing else by another interface: else the connections of other programs, which are
     * stuck on it as well, would come to life and be reset by their far ends.
     */
    static String reset(Collection<StaleConnection> all) {
        var text = new StringBuilder("add table " + TABLE + "\n");
        text.append("add chain " + CHAIN + " { type filter hook output priority " + PRIORITY + "; policy accept; }\n");
        text.append("flush chain " + CHAIN + "\n");
        var lost = new LinkedHashSet<String>();
        for (StaleConnection stale : all) {
            Endpoint local = stale.connection().local();
            Endpoint remote = stale.connection().remote();
            String ip = local.address().family() == IpFamily.V4 ? "ip" : "ip6";
            text.append("add rule " + CHAIN + " " + ip + " saddr " + local.address() + " " + ip + " daddr "
                    + remote.address() + " tcp sport " + local.port() + " tcp dport " + remote.port()
                    + " counter reject with tcp reset\n");
            if (stale.reason() == Reason.ADDRESS_GONE) {
                stale.uplink()
                        .ifPresent(uplink -> lost.add(
                                ip + " saddr " + local.address() + " oifname != \"" + uplink.interfaceName() + "\""));
            }
        }
        lost.forEach(packets -> text.append("add rule " + CHAIN + " " + packets + " counter drop\n"));
        return text.toString();
    }
}
