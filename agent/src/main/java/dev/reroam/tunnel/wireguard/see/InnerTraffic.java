package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.packet.SourceTap;
import dev.reroam.linux.route.Link;
import java.util.List;
import java.util.function.Consumer;

/** What comes out of tunnels. Confined to the agent loop. */
@FunctionalInterface
public interface InnerTraffic {

    /** Somebody who listens. */
    interface Ear {
        /** Stops listening; idempotent. */
        void close();
    }

    /**
     * Begins to listen to one interface.
     *
     * @param from whose packets count
     * @param sources is told the source of each such packet; the ear may be closed in this call
     * @throws LinuxException EPERM without CAP_NET_RAW, EAFNOSUPPORT of a kernel without packet sockets, others for now
     */
    Ear listen(Link link, List<IpPrefix> from, Consumer<IpAddress> sources) throws LinuxException;

    /** As the kernel hands it over. */
    static InnerTraffic of(DescriptorLoop loop) {
        return (link, from, sources) -> SourceTap.open(loop, link.index(), link.name(), from, sources)::close;
    }
}
