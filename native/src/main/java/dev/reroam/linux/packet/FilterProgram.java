package dev.reroam.linux.packet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A classic BPF program in the making (linux/filter.h, linux/bpf_common.h). A load beyond the packet's end ends the program
 * with "drop", so nothing has to be measured first. Used by one thread.
 */
final class FilterProgram {

    // linux/bpf_common.h: BPF_LD | size | mode, BPF_LDX | BPF_B | BPF_MSH, BPF_ALU | BPF_AND, BPF_JMP | BPF_JEQ,
    // BPF_RET
    static final int LOAD_WORD = 0x20;
    static final int LOAD_HALF = 0x28;
    static final int LOAD_BYTE = 0x30;
    static final int LOAD_WORD_FROM_X = 0x40;
    static final int LOAD_HALF_FROM_X = 0x48;
    static final int X_IS_IPV4_HEADER_LENGTH = 0xb1;
    static final int AND = 0x54;
    /** Ends the program: that many bytes are handed over, 0 drops the packet. */
    static final int RETURN = 0x06;

    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int INSTRUCTION = 8;

    private record Instruction(int code, int operand, int otherwise) {}

    private final List<Instruction> instructions = new ArrayList<>();
    private final List<Integer> open = new ArrayList<>();

    void add(int code, int operand) {
        instructions.add(new Instruction(code, operand, 0));
    }

    /** Goes on with the next instruction where what was loaded is this, else at the next {@link #land}. */
    void unlessEqual(int value) {
        open.add(instructions.size());
        add(JUMP_IF_EQUAL, value);
    }

    /** Here the jumps since the last landing come down; a jump reaches 255 instructions. */
    void land() {
        for (int at : open) {
            // Jumps count from the next instruction.
            int over = instructions.size() - at - 1;
            instructions.set(
                    at, new Instruction(JUMP_IF_EQUAL, instructions.get(at).operand(), over));
        }
        open.clear();
    }

    /** The program for {@code Libc.attachFilter}; all jumps have landed. */
    ByteBuffer bytes() {
        var program =
                ByteBuffer.allocateDirect(instructions.size() * INSTRUCTION).order(ByteOrder.nativeOrder());
        // linux/filter.h sock_filter: code, jump if true, jump if false, operand.
        instructions.forEach(one -> program.putShort((short) one.code())
                .put((byte) 0)
                .put((byte) one.otherwise())
                .putInt(one.operand()));
        return program.flip();
    }
}
