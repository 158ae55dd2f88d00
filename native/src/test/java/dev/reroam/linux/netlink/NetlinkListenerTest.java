package dev.reroam.linux.netlink;

import static dev.reroam.linux.netlink.FakeKernel.datagram;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.netlink.FakeKernel.Datagram;
import dev.reroam.linux.netlink.FakeKernel.Failure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetlinkListenerTest {

    private final FakeKernel kernel = FakeKernel.answering(asked -> List.of());
    private final List<String> heard = new ArrayList<>();
    private final NetlinkListener listener =
            new NetlinkListener(kernel, ByteOrder.nativeOrder(), new MulticastConsumer() {
                @Override
                public void onMessage(MessageHeader header, ByteBuffer payload) throws MalformedMessageException {
                    AttributeReader.after(4, payload, "test", AttributeNames.of("T"));
                    int value = payload.getInt(payload.position());
                    if (value < 0) {
                        throw new MalformedMessageException("test", "negative");
                    }
                    heard.add("message " + value);
                }

                @Override
                public void onMalformed(MalformedMessageException reason) {
                    heard.add("malformed");
                }

                @Override
                public void onLost(Errno reason) {
                    heard.add("lost " + reason);
                }

                @Override
                public void onBatchEnd() {
                    heard.add("end");
                }
            });

    private static byte[] message(int value) {
        return FakeKernel.message(ByteOrder.nativeOrder(), 20, 0, 0, 0, body -> body.fixed32(value));
    }

    @Test
    void deliversWhatWasAnnouncedAndThenTheEndOfTheBatch() {
        kernel.announce(datagram(message(1), message(2)));
        kernel.announce(datagram(message(3)));
        listener.onReadable();
        assertEquals(List.of("message 1", "message 2", "message 3", "end"), heard);
    }

    // The kernel goes on losing, silently, until its queue is empty.
    @Test
    void lossIsToldAtOnceAndAgainWhenItIsOver() {
        kernel.announce(new Failure(Errno.ENOBUFS));
        kernel.announce(datagram(message(1)));
        listener.onReadable();
        assertEquals(List.of("lost ENOBUFS", "message 1", "lost ENOBUFS", "end"), heard);
        heard.clear();
        listener.onReadable();
        assertEquals(List.of("end"), heard);
    }

    @Test
    void lossIsNotOverWhileThereIsMoreToRead() {
        kernel.announce(new Failure(Errno.ENOBUFS));
        for (int i = 0; i < NetlinkListener.DATAGRAMS_PER_TURN; i++) {
            kernel.announce(datagram(message(i)));
        }
        listener.onReadable();
        assertEquals(1, heard.stream().filter("lost ENOBUFS"::equals).count());
        listener.onReadable();
        assertEquals(2, heard.stream().filter("lost ENOBUFS"::equals).count());
    }

    @Test
    void anAnnouncementLargerThanTheBufferIsALossAndTheNextOneFits() {
        byte[] large = FakeKernel.message(
                ByteOrder.nativeOrder(), 20, 0, 0, 0, body -> body.fixed32(5).fixed(new byte[50_000]));
        kernel.announce(datagram(large));
        kernel.announce(datagram(large));
        listener.onReadable();
        assertEquals(List.of("lost EMSGSIZE", "message 5", "end"), heard);
    }

    @Test
    void whatCannotBeReadIsReportedAndTheNextIsRead() {
        kernel.announce(datagram(message(-1), message(1)));
        kernel.announce(new Datagram(new byte[] {1, 2, 3}, 0));
        kernel.announce(datagram(message(2)));
        listener.onReadable();
        assertEquals(List.of("malformed", "message 1", "malformed", "message 2", "end"), heard);
    }

    @Test
    void announcementsOfOtherProcessesAreDropped() {
        kernel.announce(new Datagram(message(1), 77));
        listener.onReadable();
        assertEquals(List.of("end"), heard);
        assertEquals(1, listener.foreign());
    }

    @Test
    void aTurnIsBounded() {
        for (int i = 0; i < NetlinkListener.DATAGRAMS_PER_TURN + 1; i++) {
            kernel.announce(datagram(message(i)));
        }
        listener.onReadable();
        assertEquals(NetlinkListener.DATAGRAMS_PER_TURN + 1, heard.size());
        listener.onReadable();
        assertEquals(NetlinkListener.DATAGRAMS_PER_TURN + 3, heard.size());
    }

    @Test
    void garbageNeverEscapes() {
        var random = Fuzz.random();
        for (int round = 0; round < 20_000; round++) {
            byte[] good = ((Datagram) datagram(message(1), message(2), message(3))).bytes();
            kernel.announce(new Datagram(Fuzz.damaged(random, good), 0));
            listener.onReadable();
            heard.clear();
        }
    }
}
