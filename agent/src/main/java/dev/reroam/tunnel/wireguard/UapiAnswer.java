package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.wireguard.WireGuardDevice;
import java.util.Optional;

/** How a request to a userspace daemon ended. Immutable. */
public sealed interface UapiAnswer {

    /**
     * The device, to a reading request.
     *
     * @param device the same object as last time when nothing changed
     * @param notChangeable why this daemon is only to be watched; empty when it can be changed
     */
    record Told(WireGuardDevice device, Optional<String> notChangeable) implements UapiAnswer {}

    /** A change was accepted. Naming a peer that the daemon does not have is accepted too. */
    record Accepted() implements UapiAnswer {}

    /** The daemon refused, with its errno. */
    record Refused(Errno errno) implements UapiAnswer {}

    /** No daemon: no socket, nobody behind it, or it hung up without an answer. */
    record Absent(Errno errno) implements UapiAnswer {}

    /** The socket could not be used, such as EACCES. */
    record Unusable(String operation, Errno errno) implements UapiAnswer {}

    /** The daemon belongs to another network namespace: the device is none of ours. */
    record Elsewhere() implements UapiAnswer {}

    /** A change was not asked for, because this daemon must not or cannot safely be changed; the reason is for people. */
    record NotChangeable(String reason) implements UapiAnswer {}

    /** No answer within the time limit. */
    record Silent() implements UapiAnswer {}

    /** An answer that is none. */
    record Garbled(UapiSyntaxException why) implements UapiAnswer {}
}
