package dev.reroam.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.journal.IncidentStory.State;
import dev.reroam.journal.KeptIncident.Recording;
import dev.reroam.recovery.Action.NoteKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalRecorderTest {

    @TempDir
    Path state;

    private IncidentFiles files() {
        return new IncidentFiles(state);
    }

    @Test
    void tellsAFailoverFromTheFirstSignToTheProof() throws IOException {
        var turning = new Turning(files(), 1);
        turning.failover(2);
        turning.lanes.run();
        var story = turning.recorder.incidents().getFirst().story();
        assertEquals(State.HEALED, story.state());
        assertEquals(1_782_900_000_123L, story.openedMillis());
        assertTrue(story.cause().contains("wan2"), story.cause());
        assertEquals(NoteKind.OPENED, story.timeline().getFirst().kind());
        assertEquals(NoteKind.CLOSED, story.timeline().getLast().kind());
        assertEquals(1, story.told(NoteKind.PROVED).size());
        assertEquals(turning.tunnels, story.tunnels());
        // The echo goes out with the refresh and comes back at the next millisecond.
        assertEquals(OptionalLong.of(Turning.MS), story.longestOutageNanos());
    }

    @Test
    void anOpenIncidentCanBeReadAndHasNoFile() throws IOException {
        var turning = new Turning(files(), 1);
        turning.answering = false;
        turning.paths(Turning.via(2), Set.of(1));
        turning.pass(500);
        turning.lanes.run();
        var open = turning.recorder.incidents().getFirst();
        assertEquals(State.OPEN, open.story().state());
        assertEquals(OptionalLong.empty(), open.story().lastedNanos());
        assertEquals(OptionalLong.empty(), open.story().outages().getFirst().toNanos());
        assertEquals(new Recording.Running(), open.recording());
        assertEquals(List.of(), files().numbers());
    }

    @Test
    void aClosedIncidentIsOnTheDiskAndSaysSo() throws IOException {
        var turning = new Turning(files(), 1);
        turning.failover(2);
        assertEquals(
                new Recording.Running(), turning.recorder.incidents().getFirst().recording());
        turning.lanes.run();
        assertEquals(
                new Recording.Written(), turning.recorder.incidents().getFirst().recording());
        assertEquals(List.of(1L), files().numbers());
        assertTrue(Files.size(files().named("1")) < 4096, "size " + Files.size(files().named("1")));
    }

    @Test
    void theNextRunGoesOnCounting() throws IOException {
        var first = new Turning(files(), 1);
        first.failover(2);
        first.lanes.run();
        var second = new Turning(files(), 1);
        second.failover(2);
        second.lanes.run();
        assertEquals(List.of(1L, 2L), files().numbers());
        assertEquals(Optional.empty(), second.recorder.incident(1));
        assertEquals(2, second.recorder.incident(2).orElseThrow().story().id());
    }

    @Test
    void keepsTheNewestSixteen() throws IOException {
        Path others = Files.createDirectories(state.resolve("incidents"));
        Files.writeString(others.resolve("notes.txt"), "not ours");
        Files.writeString(others.resolve(".9.jsonl.gz.new"), "left by a crash");
        var turning = new Turning(files(), 1);
        for (int i = 0; i < 20; i++) {
            turning.failover(i % 2 == 0 ? 2 : 1);
            turning.lanes.run();
        }
        assertEquals(16, turning.recorder.incidents().size());
        assertEquals(20, turning.recorder.incidents().getFirst().story().id());
        assertEquals(java.util.stream.LongStream.rangeClosed(5, 20).boxed().toList(), files().numbers());
        assertTrue(Files.exists(others.resolve("notes.txt")));
        assertFalse(Files.exists(others.resolve(".9.jsonl.gz.new")));
    }

    @Test
    void dropsTheObservationsThatDoNotFitAndSaysSo() throws IOException {
        var turning = new Turning(files(), 2500);
        turning.failover(2);
        turning.lanes.run();
        var kept = turning.recorder.incidents().getFirst();
        assertEquals(
                "the observations take more than 32 KiB",
                assertInstanceOf(Recording.LeftOut.class, kept.recording()).why());
        assertTrue(Files.size(files().named("1")) <= 32 << 10);
        assertInstanceOf(
                Replayed.NotRecorded.class, Replay.run(files().named("1")).replayed());
        assertEquals(256, kept.story().timeline().size());
        assertEquals(256, kept.story().outages().size());
        assertEquals(2500 - 256, kept.story().outagesLeftOut());
    }

    @Test
    void threeHundredPeersThatFailOverAtOnceFit() throws IOException {
        var turning = new Turning(files(), 300);
        turning.failover(2);
        turning.lanes.run();
        assertEquals(
                new Recording.Written(), turning.recorder.incidents().getFirst().recording());
        assertInstanceOf(Replayed.Same.class, Replay.run(files().named("1")).replayed());
    }

    @Test
    void aThousandPeersOfWhomTenAreAwakeFit() throws IOException {
        var turning = new Turning(files(), 1000, 10);
        turning.failover(2);
        turning.lanes.run();
        assertEquals(
                new Recording.Written(), turning.recorder.incidents().getFirst().recording());
        assertInstanceOf(Replayed.Same.class, Replay.run(files().named("1")).replayed());
    }

    @Test
    void peersWhoseKeysBeginAlikeAreNotMixedUp() throws IOException {
        var turning = new Turning(files(), 1, 2);
        String key = turning.tunnels.getFirst().peer();
        char last = key.charAt(20) == 'A' ? 'B' : 'A';
        String alike = key.substring(0, 20) + last + key.substring(21);
        turning.tunnels.add(new dev.reroam.recovery.TunnelId("wg0", alike));
        turning.read(2000);
        turning.failover(2);
        turning.lanes.run();
        var left = assertInstanceOf(
                Recording.LeftOut.class, turning.recorder.incidents().getFirst().recording());
        assertEquals("two peers have keys that begin alike", left.why());
    }

    @Test
    void noWholeKeyIsInARecording() throws IOException {
        var turning = new Turning(files(), 20);
        turning.failover(2);
        turning.lanes.run();
        try (var in = new java.util.zip.GZIPInputStream(Files.newInputStream(files().named("1")))) {
            String text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertTrue(text.contains('"' + turning.tunnels.getFirst().peer().substring(0, 10) + '"'), text);
            assertFalse(
                    java.util.regex.Pattern.compile("[A-Za-z0-9+/]{43}=")
                            .matcher(text)
                            .find(),
                    text);
        }
    }

    @Test
    void aFullSlowLaneCostsTheRecordingAndNothingElse() throws IOException {
        var turning = new Turning(files(), 1);
        turning.lanes.full = true;
        turning.failover(2);
        var kept = turning.recorder.incidents().getFirst();
        assertEquals(State.HEALED, kept.story().state());
        assertEquals(
                "the slow lane is full: 64 tasks wait",
                assertInstanceOf(Recording.LeftOut.class, kept.recording()).why());
    }

    @Test
    void aRecordingWithAGapIsNoRecording() throws IOException {
        var turning = new Turning(files(), 300);
        turning.lanes.full = true;
        for (int i = 0; i < 20; i++) {
            turning.paths(Turning.via(1 + i % 2), Set.of());
            turning.pass(10);
        }
        turning.lanes.full = false;
        turning.pass(20_000);
        turning.lanes.run();
        var left = assertInstanceOf(
                Recording.LeftOut.class, turning.recorder.incidents().getFirst().recording());
        assertEquals("the slow lane is full: 64 tasks wait", left.why());
        assertInstanceOf(
                Replayed.NotRecorded.class, Replay.run(files().named("1")).replayed());
    }

    @Test
    void aDiskThatRefusesCostsTheRecordingAndSaysWhy() throws IOException {
        var turning = new Turning(files(), 1);
        Files.writeString(state.resolve("incidents"), "a file in the way");
        turning.failover(2);
        turning.lanes.run();
        var left = assertInstanceOf(
                Recording.LeftOut.class, turning.recorder.incidents().getFirst().recording());
        assertTrue(left.why().startsWith("the file cannot be written: "), left.why());
    }
}
