package dev.reroam.tests.lab.gateway;

/** What a gateway may speak. */
public enum Speech {
    /** RFC 6887. */
    PCP,
    /** RFC 6886. */
    NAT_PMP,
    /** UPnP InternetGatewayDevice. */
    UPNP
}
