package dev.reroam.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsCodecTest {

    private static final String NAME = "stun.example.org";
    // id 0x1234, one question, an alias and two addresses; the names of the records are pointers (RFC 1035 section
    // 4.1.4).
    private static final byte[] ANSWER = HexFormat.of()
            .parseHex(("1234 8180 0001 0003 0000 0000"
                            + "0473 7475 6e07 6578 616d 706c 6503 6f72 6700 0001 0001"
                            + "c00c 0005 0001 0000 012c 0004 0161 c011"
                            + "c02e 0001 0001 0000 012c 0004 c633 6407"
                            + "c02e 0001 0001 0000 012c 0004 c633 6408")
                    .replace(" ", ""));

    @Test
    void asksAsTheStandardHasIt() {
        assertEquals(
                "123401000001000000000000047374756e076578616d706c65036f726700001c0001",
                hex(DnsCodec.question(0x1234, "Stun.Example.org", IpFamily.V6)));
    }

    @Test
    void readsTheAddressesBehindAnAlias() {
        assertEquals(
                Optional.of(new NameAnswer.Found(
                        List.of(IpAddress.parse("198.51.100.7"), IpAddress.parse("198.51.100.8")))),
                answer(ANSWER));
    }

    @Test
    void takesTheCaseOfTheServer() {
        byte[] shouting = ANSWER.clone();
        shouting[13] = 'S';
        assertTrue(answer(shouting).isPresent());
    }

    @Test
    void passesOverWhatAnswersAnotherQuestion() {
        for (int changed : new int[] {0, 1, 2, 5, 14, 29, 30, 32}) {
            byte[] other = ANSWER.clone();
            other[changed] ^= (byte) (changed == 2 ? 0x80 : 1);
            assertEquals(Optional.empty(), answer(other), "octet " + changed);
        }
        assertEquals(
                Optional.empty(), DnsCodec.answer(ByteBuffer.wrap(ANSWER), 0x1234, NAME, IpFamily.V6), "another type");
    }

    @Test
    void saysThatThereIsNoSuchName() {
        byte[] none = ANSWER.clone();
        none[3] = (byte) 0x83;
        assertEquals(Optional.of(new NameAnswer.None("no such name")), answer(none));
        none[3] = (byte) 0x82;
        assertEquals(Optional.of(new NameAnswer.None("response code 2")), answer(none));
    }

    @Test
    void endsForAnyPacket() {
        long seed = Long.getLong("seed", 20261121L);
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] packet = java.util.Arrays.copyOf(ANSWER, random.nextInt(ANSWER.length + 8));
            for (int changes = random.nextInt(4); changes > 0 && packet.length > 0; changes--) {
                packet[random.nextInt(packet.length)] = (byte) random.nextInt();
            }
            var found = answer(packet);
            if (found.isPresent() && found.get() instanceof NameAnswer.Found some) {
                assertTrue(some.addresses().size() <= 4, "seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "stun.example.org, true",
        "localhost, true",
        "a_b-c.example, true",
        "'', false",
        "stun..org, false",
        "stun.org., false",
        "a b.org, false",
        "bücher.example, false",
    })
    void knowsWhatCanBeAskedFor(String name, boolean can) {
        assertEquals(can, DnsCodec.isName(name));
        assertFalse(DnsCodec.isName("a".repeat(64) + ".org"));
        assertFalse(DnsCodec.isName("a.".repeat(126) + "aa"));
    }

    private static Optional<NameAnswer> answer(byte[] packet) {
        return DnsCodec.answer(ByteBuffer.wrap(packet), 0x1234, NAME, IpFamily.V4);
    }

    private static String hex(ByteBuffer bytes) {
        return HexFormat.of().formatHex(bytes.array(), 0, bytes.limit());
    }
}
