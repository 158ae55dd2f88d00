package dev.reroam.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.names.DnsCodec;
import dev.reroam.names.NameAnswer;
import java.nio.ByteBuffer;
import java.util.Optional;

/** What a name server says, or whoever plays one. */
class DnsFuzzTest {

    private static final int ID = 0x1234;
    private static final String NAME = "far.example.org";

    @FuzzTest
    void answerIsRefusedOrOneToTheQuestion(byte[] data) {
        for (var family : IpFamily.values()) {
            var answer = DnsCodec.answer(ByteBuffer.wrap(data), ID, NAME, family);
            if (answer.isPresent() && answer.get() instanceof NameAnswer.Found found) {
                assertTrue(found.addresses().size() <= DnsCodec.MOST_ADDRESSES, found::toString);
                assertTrue(found.addresses().stream().allMatch(address -> address.family() == family), found::toString);
            }
            // Whoever does not know the number of the question is not heard.
            assertEquals(
                    Optional.empty(),
                    answer.isEmpty() ? answer : DnsCodec.answer(ByteBuffer.wrap(data), ID ^ 1, NAME, family));
        }
    }
}
