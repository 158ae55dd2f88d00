package dev.reroam.journal;

import dev.reroam.host.FileReason;
import dev.reroam.journal.JournalLine.Start;
import dev.reroam.journal.JournalLine.Taken;
import dev.reroam.journal.KeptIncident.Recording;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The steps of one incident on their way to the slow lane, many at a time: right after a change the processor has better to
 * do than JSON. Confined to the agent loop.
 */
final class StepBuffer {

    // Ours, in peers, answers and actions: about a megabyte of records that may wait. All of most incidents, so that
    // the
    // slow lane is free for the ledger while repairs go on.
    private static final int CHUNK = 4096;

    private final IncidentStream stream;
    private final Executor slowLane;
    private List<JournalLine> waiting = new ArrayList<>();
    private int weight;
    private Optional<String> refused = Optional.empty();

    StepBuffer(IncidentStream stream, Start start, Executor slowLane) {
        this.stream = stream;
        this.slowLane = slowLane;
        waiting.add(start);
    }

    void add(Taken taken) {
        if (refused.isPresent() || stream.leftOut().isPresent()) {
            waiting.clear();
            return;
        }
        waiting.add(taken);
        weight += weight(taken);
        if (weight >= CHUNK) {
            List<JournalLine> chunk = taken();
            try {
                slowLane.execute(() -> add(chunk));
            } catch (RejectedExecutionException e) {
                refused = Optional.of(String.valueOf(e.getMessage()));
            }
        }
    }

    /**
     * Writes the rest and the end.
     *
     * @param done is told on the loop what became of the recording
     */
    void finish(IncidentStory story, IncidentFiles files, Executor loop, Consumer<Recording> done) {
        List<JournalLine> chunk = taken();
        Optional<String> missing = refused;
        try {
            slowLane.execute(() -> {
                Recording recording = new Recording.LeftOut("a bug while it was written");
                try {
                    missing.ifPresent(stream::drop);
                    add(chunk);
                    recording = written(story, files);
                } finally {
                    Recording result = recording;
                    loop.execute(() -> done.accept(result));
                }
            });
        } catch (RejectedExecutionException e) {
            done.accept(new Recording.LeftOut(String.valueOf(e.getMessage())));
        }
    }

    private Recording written(IncidentStory story, IncidentFiles files) {
        try {
            files.write(story.id(), stream.finish(story));
        } catch (IOException e) {
            return new Recording.LeftOut("the file cannot be written: " + FileReason.of(e));
        }
        return stream.leftOut().<Recording>map(Recording.LeftOut::new).orElseGet(Recording.Written::new);
    }

    /** On the slow lane. */
    private void add(List<JournalLine> chunk) {
        try {
            stream.add(chunk);
        } catch (RuntimeException bug) {
            // With a line missing it must not pass for a recording; the lane reports the bug.
            stream.drop("a bug while it was written");
            throw bug;
        }
    }

    private List<JournalLine> taken() {
        List<JournalLine> chunk = waiting;
        waiting = new ArrayList<>();
        weight = 0;
        return chunk;
    }

    private static int weight(Taken taken) {
        int weight = 1;
        for (Action action : taken.actions()) {
            weight += switch (action) {
                case Action.Refresh refresh -> 1 + refresh.peers().size();
                case Action.UnderRepair written -> 1 + written.peers().size();
                default -> 1;
            };
        }
        return weight
                + switch (taken.observation()) {
                    case Observation.PathsSeen seen ->
                        seen.answers().size() + seen.signs().size();
                    case Observation.DeviceSeen seen ->
                        seen.changedPeers().size() + seen.removedPeers().size();
                    case Observation.DeviceGone gone -> 1;
                    case Observation.RepairEnded ended -> 1;
                    case Observation.EchoAnswered answered -> 1;
                    case Observation.EchoRefused refused -> 1;
                    case Observation.ThroughAnswered answered -> 1;
                    case Observation.PublicSeen seen -> 1;
                    case Observation.GatewayForgot forgot -> 1;
                    case Observation.GatewayMoved moved -> 1;
                    case Observation.UplinkHeard heard -> 1;
                    case Observation.UplinkUnheard unheard -> 1;
                    case Observation.GatewaySeen seen -> 1;
                    case Observation.WaysSeen ways -> 1 + ways.uplinks().size();
                    case Observation.HostRouteSeen seen -> 1;
                    case Observation.TrafficSeen traffic -> 1;
                    case Observation.NodeSeen seen -> 1 + seen.node().active().size();
                    case Observation.NodeGone gone -> 1;
                    case Observation.NodeKicked kicked -> 1;
                    case Observation.NodePinged pinged -> 1;
                    case Observation.ControlSeen seen -> 1;
                    case Observation.NodeSteered steered -> 1;
                    case Observation.Woke woke -> 1;
                    case Observation.NameSeen named -> 1 + named.endpoints().size();
                    case Observation.MtuSeen seen -> 1;
                    case Observation.RecoverAsked asked -> 1;
                    case Observation.Interrupted interrupted ->
                        1 + interrupted.peers().size();
                    case Observation.TimePassed passed -> 1;
                };
    }
}
