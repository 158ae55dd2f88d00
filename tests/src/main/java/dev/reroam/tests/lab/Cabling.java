package dev.reroam.tests.lab;

/** How the router's two uplinks are connected to their gateways. */
public enum Cabling {
    /** Each uplink has a cable and a subnet of its own. */
    SEPARATE,
    /** Both uplinks and both gateways are in one IPv4 subnet, on one switch; each gateway has an IPv6 prefix. */
    ONE_SUBNET,
    /** As SEPARATE, and the IPv4 addresses are point-to-point, as those of PPPoE are. */
    POINT_TO_POINT
}
