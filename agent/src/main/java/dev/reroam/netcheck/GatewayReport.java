package dev.reroam.netcheck;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Protocol;
import java.util.List;
import java.util.Optional;

/**
 * What the gateway says of itself. Immutable.
 *
 * @param model as it writes it; empty where it does not say
 * @param protocols those that were asked; none where there is no gateway of the uplink's family
 */
public record GatewayReport(Optional<String> model, List<Spoken> protocols) {

    public GatewayReport {
        protocols = List.copyOf(protocols);
    }

    /** Whether it speaks a protocol. */
    public enum Speaks {
        YES,
        /** It said so. */
        NO,
        /** It did not answer. */
        SILENT,
        /** We could not ask. */
        NOT_ASKED
    }

    /**
     * One protocol.
     *
     * @param externalAddress what the gateway calls its outer address, unjudged; PCP does not say
     * @param why in words, where it does not speak it
     */
    public record Spoken(Protocol protocol, Speaks speaks, Optional<IpAddress> externalAddress, Optional<String> why) {}

    /** What it calls its outer address, in the protocols that say. */
    List<IpAddress> externalAddresses() {
        return protocols.stream()
                .flatMap(spoken -> spoken.externalAddress().stream())
                .distinct()
                .toList();
    }
}
