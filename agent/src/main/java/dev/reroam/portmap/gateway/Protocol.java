package dev.reroam.portmap.gateway;

/** The protocols, in the order in which they are preferred for mapping. */
public enum Protocol {
    /** RFC 6887. */
    PCP("PCP"),
    /** RFC 6886. */
    NAT_PMP("NAT-PMP"),
    /** UPnP InternetGatewayDevice 1 and 2. */
    UPNP("UPnP");

    private final String word;

    Protocol(String word) {
        this.word = word;
    }

    /** The name that people know. */
    public String word() {
        return word;
    }
}
