package dev.reroam.linux.route;

import dev.reroam.linux.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The message types of rtnetlink (linux/rtnetlink.h {@code RTM_*}), and which decoder reads which. */
final class Rtm {

    static final int NEWLINK = 16;
    static final int DELLINK = 17;
    static final int GETLINK = 18;
    static final int NEWADDR = 20;
    static final int DELADDR = 21;
    static final int GETADDR = 22;
    static final int NEWROUTE = 24;
    static final int DELROUTE = 25;
    static final int GETROUTE = 26;
    static final int NEWNEIGH = 28;
    static final int DELNEIGH = 29;
    static final int GETNEIGH = 30;
    static final int NEWRULE = 32;
    static final int DELRULE = 33;
    static final int GETRULE = 34;
    static final int GETSTATS = 94;
    static final int NEWNEXTHOP = 104;
    static final int DELNEXTHOP = 105;
    static final int GETNEXTHOP = 106;

    private Rtm() {}

    /** Whether a message of this type says that its object is gone. */
    static boolean isRemoval(int type) {
        return switch (type) {
            case DELLINK, DELADDR, DELROUTE, DELNEIGH, DELRULE, DELNEXTHOP -> true;
            default -> false;
        };
    }

    /** The object in a message; empty for types and families that are none of ours. */
    static Optional<? extends RouteObject> decode(int type, ByteBuffer payload) throws MalformedMessageException {
        return switch (type) {
            case NEWLINK, DELLINK -> LinkCodec.decode(payload);
            case NEWADDR, DELADDR -> AddressCodec.decode(payload);
            case NEWROUTE, DELROUTE -> RouteCodec.decode(payload);
            case NEWNEIGH, DELNEIGH -> NeighbourCodec.decode(payload);
            case NEWRULE, DELRULE -> RuleCodec.decode(payload);
            case NEWNEXTHOP, DELNEXTHOP -> NextHopCodec.decode(payload);
            default -> Optional.empty();
        };
    }
}
