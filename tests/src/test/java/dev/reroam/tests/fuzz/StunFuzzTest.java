package dev.reroam.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.reroam.stun.MalformedStunException;
import dev.reroam.stun.StunCodec;
import dev.reroam.stun.StunMessage;
import java.nio.ByteBuffer;

class StunFuzzTest {

    @FuzzTest
    void isRefusedOrReadAndWrittenBack(byte[] data) throws MalformedStunException {
        StunMessage message;
        try {
            message = StunCodec.decode(ByteBuffer.wrap(data));
        } catch (MalformedStunException refused) {
            return;
        }
        assertEquals(message, StunCodec.decode(ByteBuffer.wrap(StunCodec.encode(message))));
        // What everybody asks of a message must hold for any.
        message.mapped();
        message.error();
        message.notUnderstood();
    }
}
