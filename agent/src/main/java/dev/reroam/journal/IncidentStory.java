package dev.reroam.journal;

import dev.reroam.recovery.Action.Note;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.TunnelId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One incident as people are told it. Immutable; offsets are monotonic nanoseconds since it opened.
 *
 * @param id the number that its notes carry
 * @param openedMillis wall clock of the opening, milliseconds since 1970; may be wrong where no clock was set yet
 * @param cause the first sign, in words
 * @param lastedNanos from the opening to the end; empty while it is open
 * @param notesLeftOut how many notes between the first and the last were too many
 * @param outages in the order in which they began to be known
 * @param outagesLeftOut how many more tunnels did not carry than are listed
 */
public record IncidentStory(
        long id,
        long openedMillis,
        String cause,
        State state,
        OptionalLong lastedNanos,
        List<Told> timeline,
        int notesLeftOut,
        List<Outage> outages,
        int outagesLeftOut) {

    public IncidentStory {
        timeline = List.copyOf(timeline);
        outages = List.copyOf(outages);
    }

    /** How it stands; what a tunnel proves later, after the end, counts. */
    public enum State {
        /** Not ended. */
        OPEN,
        /** Every affected tunnel is proved. */
        HEALED,
        /** Some tunnel is unproved, because nothing was sent through it that would be answered; none was given up. */
        QUIET,
        /** Some tunnel may or can only be watched. */
        ONLY_OBSERVED,
        /** Some far side must move first. */
        WAITING_FOR_PEER,
        /** Somebody must look. */
        NEEDS_PERSON
    }

    /** One {@link Note}, and when. */
    public record Told(long atNanos, NoteKind kind, Optional<TunnelId> tunnel, String what) {}

    /**
     * A time during which a tunnel did not carry. A tunnel may have several in one incident.
     *
     * @param fromNanos since when as far as we know; negative when it was so before the incident
     * @param toNanos when it was proved; empty while it is not
     */
    public record Outage(TunnelId tunnel, long fromNanos, OptionalLong toNanos) {}

    /** The longest outage that was ended by a proof, nanoseconds; empty when none was. */
    public OptionalLong longestOutageNanos() {
        return outages.stream()
                .filter(outage -> outage.toNanos().isPresent())
                .mapToLong(outage -> outage.toNanos().getAsLong() - outage.fromNanos())
                .max();
    }

    /** The tunnels that did not carry, each once, in the order in which that began to be known. */
    public List<TunnelId> tunnels() {
        return outages.stream().map(Outage::tunnel).distinct().toList();
    }

    /** What was told of one kind: the steps, the proofs. */
    public List<Told> told(NoteKind kind) {
        return timeline.stream().filter(told -> told.kind() == kind).toList();
    }

    /** The same with at most {@code most} notes and outages; the first and the last notes stay. */
    IncidentStory shortened(int most) {
        int drop = Math.max(0, timeline.size() - most);
        int head = most - most / 4;
        var notes = drop == 0
                ? timeline
                : java.util.stream.Stream.concat(
                                timeline.subList(0, head).stream(),
                                timeline.subList(head + drop, timeline.size()).stream())
                        .toList();
        int kept = Math.min(outages.size(), most);
        return new IncidentStory(
                id,
                openedMillis,
                cause,
                state,
                lastedNanos,
                notes,
                notesLeftOut + drop,
                outages.subList(0, kept),
                outagesLeftOut + outages.size() - kept);
    }
}
