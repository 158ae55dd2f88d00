package dev.reroam.portmap.gateway;

/** Why a gateway, or we, would not have a mapping. */
public enum Refusal {
    /** It may not be had by us: access lists, mapping switched off. */
    NOT_AUTHORISED,
    /** A table or quota is full. */
    NO_RESOURCES,
    /** The gateway has no connection itself. */
    NETWORK_FAILURE,
    /** The gateway does not know this version, operation or transport. */
    UNSUPPORTED,
    /** RFC 6887 section 7.4 ADDRESS_MISMATCH: a NAT lies between us and the one that answered. */
    ADDRESS_MISMATCH,
    /** The external ports that were tried belong to others. */
    CONFLICT,
    /** The gateway finds our request malformed. */
    MALFORMED,
    /** The gateway's answer cannot be true. */
    UNBELIEVABLE,
    /** Any other code. */
    OTHER
}
