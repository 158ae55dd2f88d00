package dev.reroam.portmap.upnp;

import java.util.Optional;

/**
 * A service that can map ports, as a description names it. Immutable.
 *
 * @param events where to subscribe; empty when it says none that we would ask
 */
public record Service(Type type, Link control, Optional<Link> events) {

    /** The services that map ports, the preferred first. */
    public enum Type {
        WAN_IP_2("urn:schemas-upnp-org:service:WANIPConnection:2"),
        WAN_IP_1("urn:schemas-upnp-org:service:WANIPConnection:1"),
        WAN_PPP_1("urn:schemas-upnp-org:service:WANPPPConnection:1");

        private final String urn;

        Type(String urn) {
            this.urn = urn;
        }

        /** Its name on the wire. */
        public String urn() {
            return urn;
        }

        /** Whether AddAnyPortMapping is there (WANIPConnection:2 section 2.5.20). */
        public boolean addsAny() {
            return this == WAN_IP_2;
        }
    }
}
