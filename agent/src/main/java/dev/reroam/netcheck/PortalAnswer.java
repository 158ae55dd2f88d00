package dev.reroam.netcheck;

import java.util.Optional;

/** What a request for the empty page got. Immutable. */
public sealed interface PortalAnswer {

    /**
     * An HTTP answer (RFC 9112); its content is not looked at.
     *
     * @param status 100 to 999
     * @param location where a redirection leads, printable, at most 200 characters; it is not followed
     * @param saysEmpty Content-Length is 0
     */
    record Http(int status, Optional<String> location, boolean saysEmpty) implements PortalAnswer {}

    /** Something, but no HTTP. */
    record Garbled() implements PortalAnswer {}

    /** Nothing: no connection, or no answer on it. */
    record None(String why) implements PortalAnswer {}
}
