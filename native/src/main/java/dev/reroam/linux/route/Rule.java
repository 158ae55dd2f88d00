package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A policy routing rule: RTM_NEWRULE, linux/fib_rules.h. Immutable. A packet must meet every condition that is present.
 *
 * @param preference rules are tried from the lowest; unsigned 32 bits
 * @param action what a match does
 * @param table looked up by {@link RuleAction#LOOKUP}; the bits of a u32
 * @param inverted whether it applies to what the conditions do <em>not</em> match
 * @param incoming interface name; {@code lo} means made by this box
 * @param outgoing interface name that the socket is bound to
 * @param ipProtocol 6 TCP, 17 UDP
 * @param jump the preference that {@link RuleAction#GOTO} goes on with
 * @param suppressPrefixLength a match in the table with at most this length is passed over
 * @param suppressGroup a match in the table through an interface of this group is passed over
 * @param byMaster whether the table is that of the packet's VRF (FRA_L3MDEV)
 * @param protocol who made it
 */
public record Rule(
        IpFamily family,
        long preference,
        RuleAction action,
        int table,
        boolean inverted,
        Optional<IpPrefix> source,
        Optional<IpPrefix> destination,
        Optional<MarkCondition> mark,
        Optional<String> incoming,
        Optional<String> outgoing,
        int typeOfService,
        OptionalInt ipProtocol,
        Optional<Range> sourcePorts,
        Optional<Range> destinationPorts,
        Optional<Range> uids,
        OptionalLong jump,
        OptionalInt suppressPrefixLength,
        OptionalInt suppressGroup,
        boolean byMaster,
        RouteProtocol protocol)
        implements RouteObject {

    /** {@code (packet mark & mask) == value}; the bits of a u32 each. */
    public record MarkCondition(int value, int mask) {}

    /** From {@code first} to {@code last}, both included; ports, or unsigned 32-bit uids. */
    public record Range(long first, long last) {

        public Range {
            if (first < 0 || last < 0) {
                throw new IllegalArgumentException("range " + first + "-" + last);
            }
        }

        /** Whether {@code value} lies in it. */
        public boolean contains(long value) {
            return first <= value && value <= last;
        }
    }
}
