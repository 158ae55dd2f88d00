package dev.reroam.lookout;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.sentinel.NatMapping;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of an uplink from outside. Immutable; instants are monotonic nanoseconds.
 *
 * @param mapped how a server last saw a port of ours; its address is the uplink's public one
 * @param heardAt when a server last answered
 * @param silent nobody answered the last question: nothing follows from it
 * @param nat what translates there does with one port of ours
 * @param packets sent by it for all this, questions for names included
 */
public record UplinkView(
        Optional<Endpoint> mapped, OptionalLong heardAt, boolean silent, NatMapping nat, long packets) {}
