package dev.reroam.linux.route;

import dev.reroam.linux.ip.Endpoint;
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

    // linux/in.h
    private static final int IPPROTO_UDP = 17;

    /**
     * A rule that has the packets to a UDP endpoint looked up in a table.
     *
     * @param incoming interface that they come from, as in the rule itself; empty for any
     */
    public static Rule udp(Endpoint to, Optional<String> incoming, long preference, int table, RouteProtocol protocol) {
        return new Rule(
                to.address().family(),
                preference,
                RuleAction.LOOKUP,
                table,
                false,
                Optional.empty(),
                Optional.of(IpPrefix.host(to.address())),
                Optional.empty(),
                incoming,
                Optional.empty(),
                0,
                OptionalInt.of(IPPROTO_UDP),
                Optional.empty(),
                Optional.of(new Range(to.port(), to.port())),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                false,
                protocol);
    }

    /**
     * A rule that has packets looked up in a table by where they come from and by their mark.
     *
     * @param incoming interface that they come from, as in the rule itself; empty for any
     * @param suppressPrefixLength as in the rule itself
     */
    public static Rule lookup(
            IpFamily family,
            Optional<IpPrefix> source,
            Optional<MarkCondition> mark,
            Optional<String> incoming,
            OptionalInt suppressPrefixLength,
            long preference,
            int table,
            RouteProtocol protocol) {
        return new Rule(
                family,
                preference,
                RuleAction.LOOKUP,
                table,
                false,
                source,
                Optional.empty(),
                mark,
                incoming,
                Optional.empty(),
                0,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                suppressPrefixLength,
                OptionalInt.empty(),
                false,
                protocol);
    }

    /** The same at another preference. */
    public Rule at(long other) {
        return new Rule(
                family,
                other,
                action,
                table,
                inverted,
                source,
                destination,
                mark,
                incoming,
                outgoing,
                typeOfService,
                ipProtocol,
                sourcePorts,
                destinationPorts,
                uids,
                jump,
                suppressPrefixLength,
                suppressGroup,
                byMaster,
                protocol);
    }

    /**
     * Whether the kernel, told to delete this rule, would take {@code other} for it where that comes first: it compares what
     * the request names, and a condition that is absent from it is none. net/core/fib_rules.c {@code rule_find},
     * net/ipv4/fib_rules.c {@code fib4_rule_compare}.
     */
    boolean isNamedLike(Rule other) {
        return other.family == family
                && other.preference == preference
                && other.action.equals(action)
                && (table == 0 || other.table == table)
                && unlessAbsent(source, other.source)
                && unlessAbsent(destination, other.destination)
                && unlessAbsent(mark, other.mark)
                && unlessAbsent(incoming, other.incoming)
                && unlessAbsent(outgoing, other.outgoing)
                && (typeOfService == 0 || other.typeOfService == typeOfService)
                && (ipProtocol.isEmpty() || other.ipProtocol.equals(ipProtocol))
                && unlessAbsent(sourcePorts, other.sourcePorts)
                && unlessAbsent(destinationPorts, other.destinationPorts)
                && unlessAbsent(uids, other.uids)
                && (suppressPrefixLength.isEmpty() || other.suppressPrefixLength.equals(suppressPrefixLength))
                && (suppressGroup.isEmpty() || other.suppressGroup.equals(suppressGroup))
                && (!byMaster || other.byMaster)
                && (protocol.number() == 0 || other.protocol.equals(protocol));
    }

    private static <T> boolean unlessAbsent(Optional<T> named, Optional<T> there) {
        return named.isEmpty() || named.equals(there);
    }

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
