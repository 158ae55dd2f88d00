package dev.reroam.linux.packet;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The classic BPF program (linux/filter.h, linux/bpf_common.h) that lets one correspondent's answers through and nothing
 * else. Pure. A load beyond the packet's end ends the program with "drop", so nothing has to be measured first.
 */
final class AnswerFilter {

    // linux/bpf_common.h: BPF_LD | size | mode, BPF_LDX | BPF_B | BPF_MSH, BPF_JMP | BPF_JEQ, BPF_RET
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_WORD = 0x20;
    private static final int LOAD_HALF_FROM_X = 0x48;
    private static final int LOAD_WORD_FROM_X = 0x40;
    private static final int X_IS_IPV4_HEADER_LENGTH = 0xb1;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    // linux/filter.h: offsets from here on count from the network header.
    private static final int SKF_NET_OFF = -0x100000;

    private static final int IPV4_SOURCE_AT = 12;
    private static final int IPV6_SOURCE_AT = 8;
    private static final int INSTRUCTION = 8;
    private static final int WHOLE_PACKET = 0xffff;

    private record Instruction(int code, int operand) {}

    private final List<Instruction> instructions = new ArrayList<>();

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
            filter.require(LOAD_WORD, IPV4_SOURCE_AT, word(remote.address(), 0));
            filter.instructions.add(new Instruction(X_IS_IPV4_HEADER_LENGTH, 0));
            filter.require(LOAD_HALF_FROM_X, 0, remote.port());
            filter.require(LOAD_HALF_FROM_X, 2, port);
            filter.require(LOAD_WORD_FROM_X, payloadAt, sign.value());
        } else {
            for (int i = 0; i < 4; i++) {
                filter.require(LOAD_WORD, SKF_NET_OFF + IPV6_SOURCE_AT + 4 * i, word(remote.address(), i));
            }
            filter.require(LOAD_HALF, 0, remote.port());
            filter.require(LOAD_HALF, 2, port);
            filter.require(LOAD_WORD, payloadAt, sign.value());
        }
        return filter.end();
    }

    private void require(int load, int at, int value) {
        instructions.add(new Instruction(load, at));
        instructions.add(new Instruction(JUMP_IF_EQUAL, value));
    }

    private ByteBuffer end() {
        instructions.add(new Instruction(RETURN, WHOLE_PACKET));
        int drop = instructions.size();
        instructions.add(new Instruction(RETURN, 0));
        var program =
                ByteBuffer.allocateDirect(instructions.size() * INSTRUCTION).order(ByteOrder.nativeOrder());
        for (int i = 0; i < instructions.size(); i++) {
            var one = instructions.get(i);
            // linux/filter.h sock_filter: code, jump if true, jump if false (both count from the next one), operand.
            int otherwise = one.code() == JUMP_IF_EQUAL ? drop - i - 1 : 0;
            program.putShort((short) one.code())
                    .put((byte) 0)
                    .put((byte) otherwise)
                    .putInt(one.operand());
        }
        return program.flip();
    }

    private static int word(IpAddress address, int index) {
        return ByteBuffer.wrap(address.bytes()).getInt(4 * index);
    }
}
