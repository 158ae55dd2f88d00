package dev.reroam.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.hooks.HookEvent.Mwan3;
import dev.reroam.hooks.HookEvent.Netifd;
import dev.reroam.hooks.HookEvent.NetifdAction;
import dev.reroam.hooks.HookEvent.Resume;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of hooks, good and bad. */
class HookLineTest {

    private static final List<String> GOOD = List.of(
            "mwan3 connected wan eth1",
            "mwan3 disconnected wanb",
            "netifd ifup wan6 pppoe-wan",
            "netifd ifdown wan",
            "netifd ifupdate lan br-lan",
            "netifd ifup-failed lte",
            "resume");

    @Test
    void eachFormIsItsEvent() {
        assertEquals(
                List.of(
                        new Mwan3(true, "wan", Optional.of("eth1")),
                        new Mwan3(false, "wanb", Optional.empty()),
                        new Netifd(NetifdAction.IFUP, "wan6", Optional.of("pppoe-wan")),
                        new Netifd(NetifdAction.IFDOWN, "wan", Optional.empty()),
                        new Netifd(NetifdAction.IFUPDATE, "lan", Optional.of("br-lan")),
                        new Netifd(NetifdAction.IFUP_FAILED, "lte", Optional.empty()),
                        new Resume()),
                GOOD.stream().map(line -> HookLine.parse(line).orElseThrow()).toList());
    }

    @Test
    void spacesAroundTheWordsDoNotCount() {
        assertEquals(
                Optional.of(new Mwan3(true, "wan", Optional.empty())), HookLine.parse("  mwan3  connected \twan "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "mwan3",
                "mwan3 connected",
                "mwan3 CONNECTED wan",
                "mwan3 connecting wan",
                "mwan3 connected wan eth1 more",
                "mwan3 connected wan a-name-of-16-char",
                "mwan3 connected ../wan",
                "mwan3 connected wan eth1:0",
                "mwan3 connected w\u00e4n",
                "netifd ifup_failed wan",
                "netifd free wan",
                "resume now",
                "Resume",
                "ubus ifup wan"
            })
    void anythingElseIsNone(String line) {
        assertEquals(Optional.empty(), HookLine.parse(line));
    }

    @Test
    void damageGivesAnEventOrNone() {
        long seed = Long.getLong("seed", 20260401L);
        var random = new Random(seed);
        int events = 0;
        for (int round = 0; round < 50_000; round++) {
            var bytes = GOOD.get(random.nextInt(GOOD.size())).getBytes(StandardCharsets.US_ASCII);
            for (int changes = random.nextInt(3); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            events += HookLine.parse(new String(bytes, StandardCharsets.ISO_8859_1))
                            .isPresent()
                    ? 1
                    : 0;
        }
        assertTrue(events > 10_000 && events < 45_000, "seed " + seed + ": " + events);
    }

    private static List<String> split(byte[] bytes, Random random) {
        var lines = new ArrayList<String>();
        var splitter = new LineSplitter(lines::add);
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(700));
            splitter.accept(ByteBuffer.wrap(bytes, at, length));
            at += length;
        }
        lines.add("dropped " + splitter.dropped());
        return lines;
    }

    @Test
    void aLineIsTheSameHoweverItsBytesCome() {
        String longest = "x".repeat(LineSplitter.LONGEST);
        byte[] bytes =
                ("one\n\n" + longest + "\n" + longest + "y\ntwo\nunfinished").getBytes(StandardCharsets.US_ASCII);
        for (int seed = 0; seed < 200; seed++) {
            assertEquals(List.of("one", longest, "two", "dropped 1"), split(bytes, new Random(seed)));
        }
    }

    @Test
    void noiseIsSplitAndBounded() {
        var random = new Random(Long.getLong("seed", 20260402L));
        byte[] noise = new byte[200_000];
        random.nextBytes(noise);
        for (String line : split(noise, random)) {
            assertTrue(line.length() <= LineSplitter.LONGEST);
            HookLine.parse(line);
        }
    }
}
