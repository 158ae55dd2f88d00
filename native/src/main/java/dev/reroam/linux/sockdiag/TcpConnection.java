package dev.reroam.linux.sockdiag;

import dev.reroam.linux.ip.Endpoint;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A TCP socket as the kernel shows it: linux/inet_diag.h {@code inet_diag_msg}. Immutable.
 *
 * @param local of an IPv6 socket that speaks IPv4 (an IPv4-mapped address) the IPv4 address, which is what its packets have
 * @param link index of the interface that it is bound to; empty when to none
 * @param receiveQueue bytes that came and the program has not read; of a listener, connections
 * @param sendQueue bytes that the program wrote and the other side has not confirmed; of a listener, its limit
 * @param uid of the owner
 * @param inode by which /proc/PID/fd names the socket; 0 for one that no program holds (any more)
 * @param cookie the kernel's number of this socket, never used again
 * @param mark what the program set with SO_MARK; empty when we lack CAP_NET_ADMIN or the kernel does not say
 * @param cgroup id of the control group that it was made in: the inode of the group's folder; empty before Linux 5.8
 * @param health empty for what is no full socket: TIME_WAIT, a request
 */
public record TcpConnection(
        TcpState state,
        Endpoint local,
        Endpoint remote,
        OptionalInt link,
        long receiveQueue,
        long sendQueue,
        long uid,
        long inode,
        long cookie,
        OptionalInt mark,
        OptionalLong cgroup,
        Optional<TcpHealth> health) {

    /** What people read: {@code 192.0.2.7:40312 to 198.51.100.1:443}. */
    public String ends() {
        return local + " to " + remote;
    }
}
