package dev.reroam.linux.route;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.netlink.AttributeNames;
import dev.reroam.linux.netlink.AttributeReader;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * RTM_NEWRULE and RTM_DELRULE: linux/fib_rules.h {@code fib_rule_hdr}, then {@code FRA_*}.
 *
 * <pre>
 * 0  family                u8     4  table, low 8   u8
 * 1  destination length    u8     5  reserved       u16
 * 2  source length         u8     7  action         u8
 * 3  type of service       u8     8  flags          u32
 * </pre>
 */
final class RuleCodec {

    static final int FIXED_LENGTH = 12;

    private static final AttributeNames NAMES = AttributeNames.of(
            "FRA",
            "UNSPEC",
            "DST",
            "SRC",
            "IIFNAME",
            "GOTO",
            "UNUSED2",
            "PRIORITY",
            "UNUSED3",
            "UNUSED4",
            "UNUSED5",
            "FWMARK",
            "FLOW",
            "TUN_ID",
            "SUPPRESS_IFGROUP",
            "SUPPRESS_PREFIXLEN",
            "TABLE",
            "FWMASK",
            "OIFNAME",
            "PAD",
            "L3MDEV",
            "UID_RANGE",
            "PROTOCOL",
            "IP_PROTO",
            "SPORT_RANGE",
            "DPORT_RANGE");
    private static final int DST = 1;
    private static final int SRC = 2;
    private static final int IIFNAME = 3;
    private static final int GOTO = 4;
    private static final int PRIORITY = 6;
    private static final int FWMARK = 10;
    private static final int SUPPRESS_IFGROUP = 13;
    private static final int SUPPRESS_PREFIXLEN = 14;
    private static final int TABLE = 15;
    private static final int FWMASK = 16;
    private static final int OIFNAME = 17;
    private static final int L3MDEV = 19;
    private static final int UID_RANGE = 20;
    private static final int PROTOCOL = 21;
    private static final int IP_PROTO = 22;
    private static final int SPORT_RANGE = 23;
    private static final int DPORT_RANGE = 24;

    // linux/fib_rules.h
    private static final int FIB_RULE_INVERT = 0x2;

    private RuleCodec() {}

    /** Empty for families other than IPv4 and IPv6. */
    static Optional<Rule> decode(ByteBuffer payload) throws MalformedMessageException {
        var attributes = AttributeReader.after(FIXED_LENGTH, payload, "rule", NAMES);
        int start = payload.position();
        var family = Families.of(Byte.toUnsignedInt(payload.get(start)));
        if (family.isEmpty()) {
            return Optional.empty();
        }
        var reading = new Reading(family.get(), payload, start);
        while (attributes.next()) {
            reading.onAttribute(attributes);
        }
        attributes.check();
        return Optional.of(reading.rule());
    }

    /** Writes a rule as the kernel would dump it. */
    static void encode(Rule rule, AttributeWriter body) {
        body.fixed8(rule.family().number())
                .fixed8(rule.destination().map(IpPrefix::length).orElse(0))
                .fixed8(rule.source().map(IpPrefix::length).orElse(0))
                .fixed8(rule.typeOfService())
                .fixed8(Families.tableByte(rule.table()))
                .fixed16(0)
                .fixed8(rule.action().number())
                .fixed32(rule.inverted() ? FIB_RULE_INVERT : 0)
                .u32(TABLE, rule.table())
                .u32(PRIORITY, (int) rule.preference())
                .u8(PROTOCOL, rule.protocol().number());
        rule.destination().ifPresent(to -> body.address(DST, to.address()));
        rule.source().ifPresent(from -> body.address(SRC, from.address()));
        rule.incoming().ifPresent(name -> body.string(IIFNAME, name));
        rule.outgoing().ifPresent(name -> body.string(OIFNAME, name));
        rule.jump().ifPresent(target -> body.u32(GOTO, (int) target));
        rule.mark().ifPresent(mark -> body.u32(FWMARK, mark.value()).u32(FWMASK, mark.mask()));
        rule.suppressPrefixLength().ifPresent(length -> body.u32(SUPPRESS_PREFIXLEN, length));
        rule.suppressGroup().ifPresent(group -> body.u32(SUPPRESS_IFGROUP, group));
        rule.ipProtocol().ifPresent(number -> body.u8(IP_PROTO, number));
        rule.sourcePorts().ifPresent(ports -> body.u16Pair(SPORT_RANGE, (int) ports.first(), (int) ports.last()));
        rule.destinationPorts().ifPresent(ports -> body.u16Pair(DPORT_RANGE, (int) ports.first(), (int) ports.last()));
        rule.uids().ifPresent(uids -> body.u32Pair(UID_RANGE, (int) uids.first(), (int) uids.last()));
        if (rule.byMaster()) {
            body.u8(L3MDEV, 1);
        }
    }

    /** What one message has said so far. */
    private static final class Reading {

        private final IpFamily family;
        private final ByteBuffer payload;
        private final int start;
        private long preference;
        private int table;
        private Optional<IpPrefix> source = Optional.empty();
        private Optional<IpPrefix> destination = Optional.empty();
        private int mark;
        private int mask;
        private Optional<String> incoming = Optional.empty();
        private Optional<String> outgoing = Optional.empty();
        private OptionalInt ipProtocol = OptionalInt.empty();
        private Optional<Rule.Range> sourcePorts = Optional.empty();
        private Optional<Rule.Range> destinationPorts = Optional.empty();
        private Optional<Rule.Range> uids = Optional.empty();
        private OptionalLong jump = OptionalLong.empty();
        private OptionalInt suppressPrefixLength = OptionalInt.empty();
        private OptionalInt suppressGroup = OptionalInt.empty();
        private boolean byMaster;
        private RouteProtocol protocol = RouteProtocol.UNSPECIFIED;

        Reading(IpFamily family, ByteBuffer payload, int start) {
            this.family = family;
            this.payload = payload;
            this.start = start;
            this.table = u8(4);
        }

        void onAttribute(AttributeReader attribute) {
            switch (attribute.type()) {
                case DST -> destination = Optional.of(Families.prefix(attribute, family, u8(1)));
                case SRC -> source = Optional.of(Families.prefix(attribute, family, u8(2)));
                case IIFNAME -> incoming = Optional.of(attribute.string());
                case OIFNAME -> outgoing = Optional.of(attribute.string());
                case GOTO -> jump = OptionalLong.of(Integer.toUnsignedLong(attribute.u32()));
                case PRIORITY -> preference = Integer.toUnsignedLong(attribute.u32());
                case FWMARK -> mark = attribute.u32();
                case FWMASK -> mask = attribute.u32();
                case SUPPRESS_IFGROUP -> suppressGroup = unlessMinusOne(attribute.u32());
                case SUPPRESS_PREFIXLEN -> suppressPrefixLength = unlessMinusOne(attribute.u32());
                case TABLE -> table = attribute.u32();
                case L3MDEV -> byMaster = attribute.u8() != 0;
                case UID_RANGE ->
                    uids = Optional.of(new Rule.Range(
                            Integer.toUnsignedLong(attribute.u32At(0)), Integer.toUnsignedLong(attribute.u32At(4))));
                case PROTOCOL -> protocol = new RouteProtocol(attribute.u8());
                case IP_PROTO -> ipProtocol = OptionalInt.of(attribute.u8());
                case SPORT_RANGE -> sourcePorts = ports(attribute);
                case DPORT_RANGE -> destinationPorts = ports(attribute);
                default -> {
                    // Realms, tunnel ids, and the conditions that later kernels add: the kernel weighs them when asked.
                }
            }
        }

        Rule rule() {
            return new Rule(
                    family,
                    preference,
                    new RuleAction(u8(7)),
                    table,
                    (payload.getInt(start + 8) & FIB_RULE_INVERT) != 0,
                    source,
                    destination,
                    mark == 0 && mask == 0 ? Optional.empty() : Optional.of(new Rule.MarkCondition(mark, mask)),
                    incoming,
                    outgoing,
                    u8(3),
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

        private static Optional<Rule.Range> ports(AttributeReader attribute) {
            return Optional.of(new Rule.Range(attribute.u16At(0), attribute.u16At(2)));
        }

        private static OptionalInt unlessMinusOne(int value) {
            return value == -1 ? OptionalInt.empty() : OptionalInt.of(value);
        }

        private int u8(int offset) {
            return Byte.toUnsignedInt(payload.get(start + offset));
        }
    }
}
