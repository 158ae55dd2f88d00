package dev.reroam.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.libc.Errno;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Against the kernel that runs the tests. */
class KernelTransportTest {

    // linux/rtnetlink.h
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWROUTE = 24;
    private static final int IFLA_IFNAME = 3;
    private static final int IFINFOMSG_BYTES = 16;
    private static final AttributeNames IFLA = AttributeNames.of("IFLA");

    private static AttributeWriter ifinfomsg(AttributeWriter body, int index) {
        return body.fixed32(0).fixed32(index).fixed32(0).fixed32(0);
    }

    @Test
    void dumpsLinksWithTheLoopbackAmongThem() throws Exception {
        try (var socket = NetlinkSocket.open(NetlinkProtocol.ROUTE)) {
            var names = new ArrayList<String>();
            var request = new Request(128);
            for (int round = 0; round < 3; round++) {
                ifinfomsg(request.begin("dump links", RTM_GETLINK, 0), 0);
                socket.dump(request, (header, payload) -> {
                    var attributes = AttributeReader.after(IFINFOMSG_BYTES, payload, "link", IFLA);
                    while (attributes.next()) {
                        if (attributes.type() == IFLA_IFNAME) {
                            names.add(attributes.string());
                        }
                    }
                    attributes.check();
                });
            }
            assertEquals(3, names.stream().filter("lo"::equals).count());
            assertEquals(0, socket.stale());
        }
    }

    @Test
    void refusalCarriesTheKernelsOwnWords() throws Exception {
        try (var socket = NetlinkSocket.open(NetlinkProtocol.ROUTE)) {
            var request = new Request(128);
            // A prefix length that IPv4 does not have.
            request.begin("add route", RTM_NEWROUTE, MessageHeader.CREATE)
                    .fixed8(2)
                    .fixed8(99)
                    .fixed16(0)
                    .fixed8(254)
                    .fixed8(3)
                    .fixed8(0)
                    .fixed8(1)
                    .fixed32(0);
            var refusal = assertThrows(NetlinkException.class, () -> socket.change(request));
            assertEquals(Errno.EINVAL, refusal.errno());
            assertEquals("Invalid prefix length", refusal.kernelText());
        }
    }

    @Test
    void unknownInterfaceIsENODEV() throws Exception {
        try (var socket = NetlinkSocket.open(NetlinkProtocol.ROUTE)) {
            var request = new Request(128);
            ifinfomsg(request.begin("read link", RTM_GETLINK, 0), Integer.MAX_VALUE);
            var refusal = assertThrows(NetlinkException.class, () -> socket.ask(request, (header, payload) -> {}));
            assertEquals(Errno.ENODEV, refusal.errno());
        }
    }

    @Test
    void genericNetlinkFindsItsOwnController() throws Exception {
        try (var socket = NetlinkSocket.open(NetlinkProtocol.GENERIC)) {
            var request = new Request(128);
            // linux/genetlink.h GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_FAMILY_ID
            request.begin("find family", 16, 0).fixed8(3).fixed8(2).fixed16(0).string(2, "nlctrl");
            var ids = new ArrayList<Integer>();
            socket.ask(request, (header, payload) -> {
                var attributes = AttributeReader.after(4, payload, "family", AttributeNames.of("CTRL_ATTR"));
                while (attributes.next()) {
                    if (attributes.type() == 1) {
                        ids.add(attributes.u16());
                    }
                }
                attributes.check();
            });
            assertEquals(java.util.List.of(16), ids);
        }
    }

    @Test
    void useAfterCloseIsAnException() throws Exception {
        var socket = NetlinkSocket.open(NetlinkProtocol.ROUTE);
        socket.close();
        socket.close();
        var request = new Request(128);
        ifinfomsg(request.begin("dump links", RTM_GETLINK, 0), 0);
        assertThrows(IllegalStateException.class, () -> socket.dump(request, (header, payload) -> {}));
    }

    @Test
    void joiningAGroupThatDoesNotExistIsRefused() throws Exception {
        try (var transport = KernelTransport.open(NetlinkProtocol.ROUTE)) {
            assertTrue(transport.join(1) == 0);
            assertEquals(-Errno.EINVAL.number(), transport.join(4000));
        }
    }
}
