package dev.reroam.tests.lab.gateway;

/** What a UPnP device may do to who reads what it says. */
public enum Trick {
    /** Nothing: there is no such device. */
    NONE,
    /** A description of 10 MB. */
    HUGE,
    /** Elements nested 10,000 deep. */
    DEEP,
    /** A document type. */
    DOCTYPE,
    /** Entities that unfold to gigabytes. */
    ENTITIES,
    /** A document that ends in the middle. */
    TRUNCATED,
    /** Fewer bytes than announced. */
    SHORT,
    /** Chunks whose lengths are none. */
    WRONG_CHUNKS,
    /** Headers without end. */
    HEADERS,
    /** It sends to itself, again and again. */
    REDIRECT_LOOP,
    /** It sends to another host. */
    REDIRECT_AWAY,
    /** Its control address names another host. */
    OTHER_HOST,
    /** Its control address names another scheme. */
    OTHER_SCHEME,
    /** It answers each action with the answer to another one. */
    OTHER_ACTION,
    /** It takes the connection and says nothing. */
    SILENCE,
    /** It speaks no HTTP. */
    NO_HTTP
}
