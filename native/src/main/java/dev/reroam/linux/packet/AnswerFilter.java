package dev.reroam.linux.packet;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;

/** The filter that lets one correspondent's answers through and nothing else. Pure. */
final class AnswerFilter {

    // linux/filter.h: offsets from here on count from the network header.
    private static final int SKF_NET_OFF = -0x100000;

    private static final int IPV4_SOURCE_AT = 12;
    private static final int IPV6_SOURCE_AT = 8;
    private static final int WHOLE_PACKET = 0xffff;

    private final FilterProgram program = new FilterProgram();

    private AnswerFilter() {}

    /**
     * The program for a raw UDP socket, which sees IPv4 packets from the IP header on and IPv6 packets from the UDP header on.
     *
     * @param port that the answer must come to
     * @param remote from where it must come
     * @param sign what its payload must have
     */
    static ByteBuffer program(int port, Endpoint remote, PayloadSign sign) {
        var filter = new AnswerFilter();
        int payloadAt = UdpDatagram.HEADER + sign.offset();
        if (remote.address().family() == IpFamily.V4) {
            filter.require(FilterProgram.LOAD_WORD, IPV4_SOURCE_AT, word(remote.address(), 0));
            filter.program.add(FilterProgram.X_IS_IPV4_HEADER_LENGTH, 0);
            filter.require(FilterProgram.LOAD_HALF_FROM_X, 0, remote.port());
            filter.require(FilterProgram.LOAD_HALF_FROM_X, 2, port);
            filter.require(FilterProgram.LOAD_WORD_FROM_X, payloadAt, sign.value());
        } else {
            for (int i = 0; i < 4; i++) {
                filter.require(
                        FilterProgram.LOAD_WORD, SKF_NET_OFF + IPV6_SOURCE_AT + 4 * i, word(remote.address(), i));
            }
            filter.require(FilterProgram.LOAD_HALF, 0, remote.port());
            filter.require(FilterProgram.LOAD_HALF, 2, port);
            filter.require(FilterProgram.LOAD_WORD, payloadAt, sign.value());
        }
        filter.program.add(FilterProgram.RETURN, WHOLE_PACKET);
        filter.program.land();
        filter.program.add(FilterProgram.RETURN, 0);
        return filter.program.bytes();
    }

    private void require(int load, int at, int value) {
        program.add(load, at);
        program.unlessEqual(value);
    }

    private static int word(IpAddress address, int index) {
        return ByteBuffer.wrap(address.bytes()).getInt(4 * index);
    }
}
