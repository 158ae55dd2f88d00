package dev.reroam.linux.netlink;

import java.util.ArrayList;
import java.util.Optional;

/**
 * A family of generic netlink: a part of the kernel that is known by name, and by a number that it gets when it is loaded
 * (linux/genetlink.h). Immutable. Its messages begin with {@code genlmsghdr}, then attributes:
 *
 * <pre>
 * 0  command    u8
 * 1  version    u8
 * 2  reserved   u16
 * </pre>
 *
 * @param id the type of its messages; another one after its module was unloaded and loaded again
 */
public record GenericFamily(String name, int id) {

    /** Bytes of {@code genlmsghdr}: the fixed part before the attributes. */
    public static final int HEADER = 4;

    // linux/genetlink.h: the controller is itself a family, of a number that never changes.
    private static final int GENL_ID_CTRL = MessageHeader.NLMSG_MIN_TYPE;
    private static final int CTRL_CMD_GETFAMILY = 3;
    private static final int CTRL_VERSION = 2;
    private static final int CTRL_ATTR_FAMILY_ID = 1;
    private static final int CTRL_ATTR_FAMILY_NAME = 2;
    private static final AttributeNames NAMES = AttributeNames.of(
            "CTRL_ATTR", "UNSPEC", "FAMILY_ID", "FAMILY_NAME", "VERSION", "HDRSIZE", "MAXATTR", "OPS", "MCAST_GROUPS");

    /**
     * The family of this name; empty while the kernel has none.
     *
     * <p>All families are read and the name is compared here. Asked for one by name, a kernel that lacks it runs modprobe
     * and waits for it (net/netlink/genetlink.c {@code ctrl_getfamily}): looking would load WireGuard into a kernel that
     * nobody wanted it in, and hold up the loop meanwhile.
     *
     * @param socket of {@link NetlinkProtocol#GENERIC}
     * @param request to write into
     */
    public static Optional<GenericFamily> find(NetlinkSocket socket, Request request, String name)
            throws NetlinkException, MalformedMessageException {
        new GenericFamily("nlctrl", GENL_ID_CTRL)
                .begin(request, "find generic netlink family " + name, CTRL_CMD_GETFAMILY, CTRL_VERSION);
        var found = new ArrayList<GenericFamily>(1);
        socket.dump(request, (header, payload) -> {
            var attributes = AttributeReader.after(HEADER, payload, "generic netlink family", NAMES);
            boolean named = false;
            int id = 0;
            while (attributes.next()) {
                switch (attributes.type()) {
                    case CTRL_ATTR_FAMILY_ID -> id = attributes.u16();
                    case CTRL_ATTR_FAMILY_NAME -> named = attributes.string().equals(name);
                    default -> {
                        // Commands and groups, which every family's own header file fixes.
                    }
                }
            }
            attributes.check();
            if (named && id >= MessageHeader.NLMSG_MIN_TYPE) {
                found.add(new GenericFamily(name, id));
            }
        });
        return found.stream().findFirst();
    }

    /** Begins a message to this family; its attributes follow. */
    public AttributeWriter begin(Request request, String what, int command, int version) {
        return request.begin(what, id, 0).fixed8(command).fixed8(version).fixed16(0);
    }
}
