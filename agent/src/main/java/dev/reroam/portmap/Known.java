package dev.reroam.portmap;

import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.upnp.UpnpClient;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What one mapper has learnt of a gateway, for the next one at the same place. Immutable. None of it is believed: the device
 * is asked where it was, and looked for when it is not there; what was silent is asked, and not waited for.
 *
 * @param device the UPnP device and its service
 * @param silent what did not answer
 */
public record Known(Optional<UpnpClient.Found> device, Set<Protocol> silent) {

    /** Nothing. */
    public static final Known NOTHING = new Known(Optional.empty(), Set.of());

    public Known {
        silent = Set.copyOf(silent);
    }

    static Known of(UplinkMapper mapper) {
        var silent = EnumSet.noneOf(Protocol.class);
        mapper.presence().forEach((protocol, presence) -> {
            if (presence instanceof Presence.Absent absent && !absent.answered()) {
                silent.add(protocol);
            }
        });
        Optional<UpnpClient.Found> device = mapper.clients().get(Protocol.UPNP) instanceof UpnpClient upnp
                ? upnp.found().filter(found -> !upnp.saidGoodbye())
                : Optional.empty();
        return new Known(device, silent);
    }
}
