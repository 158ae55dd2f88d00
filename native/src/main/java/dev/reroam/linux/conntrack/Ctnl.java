package dev.reroam.linux.conntrack;

import dev.reroam.linux.netlink.AttributeNames;

/**
 * The numbers of linux/netfilter/nfnetlink_conntrack.h, and the names of its attributes for error messages. What attributes
 * hold is in network order.
 */
final class Ctnl {

    /** Bytes of linux/netfilter/nfnetlink.h {@code nfgenmsg}: family, version, resource id. */
    static final int HEADER = 4;

    // The upper byte of a message's type is the subsystem: NFNL_SUBSYS_CTNETLINK.
    private static final int SUBSYSTEM = 1 << 8;

    // enum cntl_msg_types
    static final int NEW = SUBSYSTEM;
    static final int GET = SUBSYSTEM | 1;
    static final int DELETE = SUBSYSTEM | 2;
    static final int GET_STATS = SUBSYSTEM | 5;

    // enum ctattr_type
    static final int TUPLE_ORIG = 1;
    static final int TUPLE_REPLY = 2;
    static final int STATUS = 3;
    static final int TIMEOUT = 7;
    static final int MARK = 8;
    static final int ID = 12;
    static final int ZONE = 18;
    static final int FILTER = 25;
    static final AttributeNames FLOW = AttributeNames.of(
            "CTA",
            "UNSPEC",
            "TUPLE_ORIG",
            "TUPLE_REPLY",
            "STATUS",
            "PROTOINFO",
            "HELP",
            "NAT_SRC",
            "TIMEOUT",
            "MARK",
            "COUNTERS_ORIG",
            "COUNTERS_REPLY",
            "USE",
            "ID",
            "NAT_DST",
            "TUPLE_MASTER",
            "SEQ_ADJ_ORIG",
            "SEQ_ADJ_REPLY",
            "SECMARK",
            "ZONE");

    // enum ctattr_tuple
    static final int TUPLE_IP = 1;
    static final int TUPLE_PROTO = 2;
    static final int TUPLE_ZONE = 3;
    static final AttributeNames TUPLE = AttributeNames.of("CTA_TUPLE", "UNSPEC", "IP", "PROTO", "ZONE");

    // enum ctattr_ip
    static final int IP_V4_SRC = 1;
    static final int IP_V4_DST = 2;
    static final int IP_V6_SRC = 3;
    static final int IP_V6_DST = 4;
    static final AttributeNames IP = AttributeNames.of("CTA_IP", "UNSPEC", "V4_SRC", "V4_DST", "V6_SRC", "V6_DST");

    // enum ctattr_l4proto
    static final int PROTO_NUM = 1;
    static final int PROTO_SRC_PORT = 2;
    static final int PROTO_DST_PORT = 3;
    static final AttributeNames PROTO = AttributeNames.of("CTA_PROTO", "UNSPEC", "NUM", "SRC_PORT", "DST_PORT");

    // enum ctattr_filter
    static final int FILTER_ORIG_FLAGS = 1;
    static final int FILTER_REPLY_FLAGS = 2;

    // The bits of CTA_FILTER_*_FLAGS are in no header for userspace: net/netfilter/nf_internals.h CTA_FILTER_F_*.
    static final int FILTER_F_IP_SRC = 1;
    static final int FILTER_F_IP_DST = 1 << 1;
    static final int FILTER_F_PROTO_NUM = 1 << 3;
    static final int FILTER_F_PROTO_SRC_PORT = 1 << 4;
    static final int FILTER_F_PROTO_DST_PORT = 1 << 5;

    private Ctnl() {}
}
