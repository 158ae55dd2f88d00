package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.uplink.Uplink;
import java.util.Optional;

/** What the sentinel wants done or known. Immutable. */
public sealed interface SentinelEffect {

    /**
     * Send one packet, once: repeats are the sentinel's own.
     *
     * @param question unique within a run
     * @param port which of our sockets over this uplink: the same number means the same local port, a new number a new one
     */
    record Ask(long question, Uplink uplink, Endpoint server, long port) implements SentinelEffect {}

    /** Nothing is expected on this socket any more. */
    record Leave(Uplink uplink, long port) implements SentinelEffect {}

    /** Something for whoever repairs to know. */
    sealed interface Fact extends SentinelEffect {}

    /**
     * How the world sees this uplink, told where it is new.
     *
     * <p>Evidence that the WAN changed upstream is only an address other than {@code before}. A port that is another one
     * beside the same address is not: it belongs to our own socket, whose mapping may just have timed out.
     *
     * @param mapped what the server saw
     * @param before the address that the <em>same</em> server saw before; empty when this is the first word of all
     * @param stuck a flow that used to be answered is not any more, while a fresh one beside it is: the NAT keeps the old
     *     mapping and it leads nowhere
     */
    record PublicSeen(Uplink uplink, Endpoint mapped, Optional<IpAddress> before, boolean stuck) implements Fact {}

    /** A server answered over this uplink: told of every answer. */
    record Heard(Uplink uplink, Endpoint server) implements Fact {}

    /**
     * A server has not answered a question in the time that its answers take, or no answer of it is known in the time that
     * answers usually take. Told once a question, in the order of asking. An answer may still come, and is told then.
     *
     * @param askedAt monotonic nanoseconds
     */
    record Unheard(Uplink uplink, Endpoint server, long askedAt) implements Fact {}
}
