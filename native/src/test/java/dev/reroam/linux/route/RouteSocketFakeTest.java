package dev.reroam.linux.route;

import static dev.reroam.linux.netlink.FakeKernel.acknowledgement;
import static dev.reroam.linux.netlink.FakeKernel.datagram;
import static dev.reroam.linux.netlink.FakeKernel.done;
import static dev.reroam.linux.netlink.FakeKernel.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.AttributeWriter;
import dev.reroam.linux.netlink.FakeKernel;
import dev.reroam.linux.netlink.FakeKernel.Delivery;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.MessageHeader;
import dev.reroam.linux.netlink.NetlinkException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What no kernel can be made to do on demand. */
class RouteSocketFakeTest {

    private static RouteSocket socket(Function<ByteBuffer, List<Delivery>> answer) {
        return new RouteSocket(FakeKernel.answering(answer).socket());
    }

    private static byte[] route(ByteBuffer request, int headerFlags, int routeFlags) {
        return reply(request, Rtm.NEWROUTE, headerFlags, body -> rtmsg(body, routeFlags));
    }

    private static void rtmsg(AttributeWriter body, int flags) {
        body.fixed32(2).fixed8(254).fixed8(2).fixed8(0).fixed8(1).fixed32(flags).u32(4, 3);
    }

    @Test
    void anInterruptedDumpIsReadAgain() throws Exception {
        int[] asked = {0};
        var socket = socket(request -> {
            int flags = MessageHeader.MULTI | (asked[0]++ == 0 ? MessageHeader.DUMP_INTERRUPTED : 0);
            return List.of(datagram(route(request, flags, 0), done(request)));
        });
        assertEquals(1, socket.routes(IpFamily.V4).size());
        assertEquals(2, asked[0]);
    }

    @Test
    void aDumpThatIsAlwaysInterruptedIsTakenAsItIs() throws Exception {
        int[] asked = {0};
        var socket = socket(request -> {
            asked[0]++;
            return List.of(
                    datagram(route(request, MessageHeader.MULTI | MessageHeader.DUMP_INTERRUPTED, 0), done(request)));
        });
        assertEquals(1, socket.routes(IpFamily.V4).size());
        assertEquals(RouteSocket.DUMP_ATTEMPTS, asked[0]);
    }

    /** A newer kernel's, perhaps: what else there is is none the worse for it. */
    @Test
    void aRouteThatCannotBeReadIsLeftOutWhereSomebodyWantsToKnow() throws Exception {
        Function<ByteBuffer, List<Delivery>> answer = request -> List.of(datagram(
                route(request, MessageHeader.MULTI, 0),
                reply(request, Rtm.NEWROUTE, MessageHeader.MULTI, body -> body.fixed32(2)),
                route(request, MessageHeader.MULTI, 0),
                done(request)));
        assertThrows(MalformedMessageException.class, () -> socket(answer).routes(IpFamily.V4));
        var told = new ArrayList<MalformedMessageException>();
        var tolerant = socket(answer).leavingOut(told::add);
        assertEquals(2, tolerant.routes(IpFamily.V4).size());
        assertEquals(1, told.size());
        var streamed = new ArrayList<Route>();
        try (var stream = tolerant.streamRoutes(IpFamily.V4, streamed::add)) {
            while (stream.advance(1).isEmpty()) {
                // The next piece.
            }
        }
        assertEquals(2, streamed.size());
        assertEquals(2, told.size());
    }

    @Test
    void cachedRoutesAreLeftOut() throws Exception {
        // linux/rtnetlink.h RTM_F_CLONED
        var socket = socket(request -> List.of(datagram(
                route(request, MessageHeader.MULTI, 0x200), route(request, MessageHeader.MULTI, 0), done(request))));
        assertEquals(1, socket.routes(IpFamily.V4).size());
    }

    @Test
    void aKernelWithoutNextHopObjectsHasNone() throws Exception {
        var socket = socket(request -> List.of(datagram(acknowledgement(request, Errno.EOPNOTSUPP, "", -1))));
        assertEquals(List.of(), socket.nextHops());
    }

    @Test
    void aRefusalWithWordsIsAFaultOfTheQuestionAndNotAnAnswer() throws Exception {
        var question = PathQuestion.to(IpAddress.parse("192.0.2.1"));
        var silent = socket(request -> List.of(datagram(acknowledgement(request, Errno.EINVAL, "", -1))));
        assertEquals(new RouteAnswer.Refused(Errno.EINVAL), silent.path(question));
        var talking = socket(request -> List.of(datagram(acknowledgement(request, Errno.EINVAL, "Invalid flags", -1))));
        assertThrows(NetlinkException.class, () -> talking.path(question));
        var forbidden = socket(request -> List.of(datagram(acknowledgement(request, Errno.EPERM, "", -1))));
        assertThrows(NetlinkException.class, () -> forbidden.path(question));
    }

    @Test
    void anAnswerThatIsNoRouteIsMalformed() {
        var question = PathQuestion.to(IpAddress.parse("192.0.2.1"));
        var other = socket(request -> List.of(datagram(reply(request, Rtm.NEWLINK, 0, body -> {}))));
        assertThrows(MalformedMessageException.class, () -> other.path(question));
        var empty = socket(request -> List.of(datagram(acknowledgement(request, Errno.NONE, "", -1))));
        assertThrows(MalformedMessageException.class, () -> empty.path(question));
    }

    @Test
    void aKernelThatDoesNotSayWhichRouteMatchedTellsNone() throws Exception {
        // linux/rtnetlink.h RTM_F_CLONED: the answer to the plain question.
        var question = PathQuestion.to(IpAddress.parse("192.0.2.1"));
        var old = socket(request -> List.of(datagram(route(request, 0, 0x200))));
        assertEquals(Optional.empty(), old.match(question));
        var silent = socket(request -> List.of(datagram(acknowledgement(request, Errno.ENETUNREACH, "", -1))));
        assertEquals(Optional.empty(), silent.match(question));
        var talking = socket(request -> List.of(datagram(acknowledgement(request, Errno.EINVAL, "Invalid flags", -1))));
        assertThrows(NetlinkException.class, () -> talking.match(question));
        var other = socket(request -> List.of(datagram(reply(request, Rtm.NEWLINK, 0, body -> {}))));
        assertThrows(MalformedMessageException.class, () -> other.match(question));
    }
}
