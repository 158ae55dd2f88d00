package dev.reroam.tests.lab;

/** What the router's NAT rules do to its own packets; those of the LAN are always masqueraded. IPv4 only. */
public enum OwnTranslation {
    /** They are masqueraded as the LAN's are: an entry dies with its uplink. */
    MASQUERADE,
    /** They get the uplink's address by SNAT: an entry outlives its uplink. */
    SNAT,
    /** No rule matches them: an entry without translation outlives its uplink, too. */
    NONE
}
