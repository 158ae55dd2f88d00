package dev.reroam.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Condition;
import dev.reroam.recovery.Evidence;
import dev.reroam.recovery.Ladder;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.Rung;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {

    private static final long SEED = Long.getLong("seed", 20260701);

    @TempDir
    Path state;

    private Path file;

    @BeforeEach
    void recordAFailover() throws IOException {
        var files = new IncidentFiles(state);
        var turning = new Turning(files, 3);
        turning.failover(2);
        turning.lanes.run();
        file = files.named("1");
    }

    private record Printed(int exit, String text) {}

    private static Printed printed(Replay.Result result, String version) {
        var bytes = new ByteArrayOutputStream();
        int exit = new ReplayCommand(version, new PrintStream(bytes, true, StandardCharsets.UTF_8)).print(result);
        return new Printed(exit, bytes.toString(StandardCharsets.UTF_8));
    }

    private void rewrite(UnaryOperator<String> change) throws IOException {
        String text;
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(change.apply(text).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void theSameBrainDoesTheSameAgain() {
        var result = Replay.run(file);
        var same = assertInstanceOf(Replayed.Same.class, result.replayed());
        assertTrue(same.steps() > 5, "steps " + same.steps());
        var printed = printed(result, "0.1.0");
        assertEquals(ReplayCommand.SAME, printed.exit());
        assertTrue(printed.text().startsWith("incident 1, 2026-07-01T10:00:00.123Z, healed: "), printed.text());
        assertTrue(printed.text().endsWith(same.steps() + " steps: every action is the same\n"), printed.text());
    }

    @Test
    void anotherRowInTheLadderIsADifference() {
        Ladder ladder = Ladder.standard().with(Evidence.PATH_CHANGED, Condition.FIXED, Optional.of(Rung.REBIND));
        var result = Replay.run(file, config -> new Recovery(ladder, config));
        var different = assertInstanceOf(Replayed.Different.class, result.replayed());
        assertEquals(0, different.index());
        var printed = printed(result, "0.1.0");
        assertEquals(ReplayCommand.DIFFERENT, printed.exit());
        assertTrue(printed.text().contains("\n- {\"@\":\"Refresh\""), printed.text());
    }

    @Test
    void aTamperedActionIsADifference() throws IOException {
        rewrite(text -> text.replaceFirst("\"keepaliveSeconds\":25}]", "\"keepaliveSeconds\":24}]"));
        assertInstanceOf(Replayed.Different.class, Replay.run(file).replayed());
    }

    @Test
    void aBrainThatThrowsIsADifference() throws IOException {
        var result =
                Replay.run(file, config -> new Recovery(new Ladder(java.util.Map.of(), java.util.Map.of()), config));
        assertEquals(ReplayCommand.DIFFERENT, printed(result, "0.1.0").exit());
    }

    @Test
    void anotherVersionIsSaid() throws IOException {
        var printed = printed(Replay.run(file), "0.2.0");
        assertEquals(ReplayCommand.SAME, printed.exit());
        assertTrue(
                printed.text().contains("note: recorded by version 0.1.0, replayed by version 0.2.0"), printed.text());
    }

    @Test
    void whatALaterVersionRecordedIsUnreadableByLineAndPathButItsStoryIsTold() throws IOException {
        rewrite(text -> text.replaceFirst("\"@\":\"PathsSeen\"", "\"@\":\"NoSuchFact\""));
        var result = Replay.run(file);
        var unreadable = assertInstanceOf(Replayed.Unreadable.class, result.replayed());
        assertEquals(file + ":3", unreadable.where());
        assertTrue(unreadable.why().startsWith("$.observation: unknown name"), unreadable.why());
        assertTrue(result.story().isPresent());
        assertEquals(ReplayCommand.UNDECIDED, printed(result, "0.1.0").exit());
    }

    @Test
    void anotherFormatIsSaid() throws IOException {
        rewrite(text -> text.replaceFirst("\"format\":" + JournalLine.FORMAT, "\"format\":1"));
        var unreadable =
                assertInstanceOf(Replayed.Unreadable.class, Replay.run(file).replayed());
        assertEquals("format 1, and this program reads " + JournalLine.FORMAT, unreadable.why());
    }

    @Test
    void aFileThatIsNotThereOrNoneOfOursIsSaid() throws IOException {
        assertInstanceOf(
                Replayed.Unreadable.class,
                Replay.run(state.resolve("no such file")).replayed());
        assertInstanceOf(Replayed.Unreadable.class, Replay.run(state).replayed());
        Files.writeString(file, "hello");
        assertInstanceOf(Replayed.Unreadable.class, Replay.run(file).replayed());
        rewriteFrom("{}\n");
        assertInstanceOf(Replayed.Unreadable.class, Replay.run(file).replayed());
        rewriteFrom("");
        assertInstanceOf(Replayed.Unreadable.class, Replay.run(file).replayed());
    }

    private void rewriteFrom(String text) throws IOException {
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aFileWithoutStepsIsNotTheSame() throws IOException {
        rewrite(text -> text.lines()
                .filter(line -> !line.contains("\"@\":\"Taken\""))
                .collect(java.util.stream.Collectors.joining("\n")));
        assertInstanceOf(Replayed.Unreadable.class, Replay.run(file).replayed());
    }

    @Test
    void aBombIsNotUnpacked() throws IOException {
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < 64; i++) {
                out.write(new byte[1 << 20]);
            }
        }
        var unreadable =
                assertInstanceOf(Replayed.Unreadable.class, Replay.run(file).replayed());
        assertEquals("more than 8388608 bytes", unreadable.why());
    }

    @Test
    void aFileCutOrDamagedAnywhereIsUnreadable() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int cut = whole.length - 1; cut >= 0; cut -= 7) {
            Files.write(file, Arrays.copyOf(whole, cut));
            assertInstanceOf(Replayed.Unreadable.class, Replay.run(file).replayed(), "cut " + cut);
        }
        var random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            byte[] damaged = whole.clone();
            damaged[10 + random.nextInt(damaged.length - 10)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            // Gzip's own checksum sees it at the end, whatever the lines seemed to say; only the bits that fill up the
            // last
            // byte of the compressed data mean nothing.
            Class<? extends Replayed> expected =
                    saysTheSame(damaged, whole) ? Replayed.Same.class : Replayed.Unreadable.class;
            var result = Replay.run(file).replayed();
            assertInstanceOf(expected, result, "seed " + SEED + " round " + round);
        }
    }

    private static boolean saysTheSame(byte[] damaged, byte[] whole) throws IOException {
        byte[] text = unpacked(whole);
        try {
            return Arrays.equals(unpacked(damaged), text);
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] unpacked(byte[] file) throws IOException {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(file))) {
            return in.readAllBytes();
        }
    }
}
