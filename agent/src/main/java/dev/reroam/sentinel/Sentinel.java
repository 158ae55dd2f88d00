package dev.reroam.sentinel;

import java.util.List;
import java.util.OptionalLong;

/**
 * Asks over each uplink how the world sees it, and tells when the world sees something else.
 *
 * <p>How it tells a changed WAN from the ways of NATs:
 * <ul>
 *   <li>Every word is compared with what the <em>same</em> server said before: behind an address-dependent NAT each server
 *       sees another port, behind a pool of addresses perhaps another address.
 *   <li>Another address is a suspicion. One question goes, at once, to another server with an earlier word on record. Does
 *       that one also see another address: the WAN changed. Does it see what it always saw: it did not. Does it say
 *       nothing for a second, or is there no other: it is believed alone, since a tunnel may be waiting, and what a false
 *       alarm costs a healthy tunnel is one keepalive.
 *   <li>Another port beside the same address is told, and proves nothing: our own mapping may have timed out.
 *   <li>A flow that is answered no more says nothing by itself (the server, a lost packet). After two packets without an
 *       answer a fresh port asks the same server. Is that answered, the watched port asks once more: only when that stays
 *       silent beside an answered fresh flow is the old mapping known to be stuck. Without the fresh port a NAT that holds
 *       on to a dead mapping would hide the change for ever, since every question would keep it alive.
 *   <li>No answer at all is unknown, never dead: nothing is told.
 * </ul>
 *
 * <p>Holds no state of its own: safe from any thread.
 */
public final class Sentinel {

    /** The next state, and what is to be done, in order. */
    public record Step(SentinelState state, List<SentinelEffect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }
    }

    private final SentinelConfig config;

    /** A sentinel that goes by these numbers. */
    public Sentinel(SentinelConfig config) {
        this.config = config;
    }

    /**
     * Takes one event in. Total: any event in any state leads to a next state.
     *
     * @param now monotonic nanoseconds; never smaller than in the step before
     */
    public Step step(SentinelState state, SentinelEvent event, long now) {
        var turn = new Turn(config, state, now);
        switch (event) {
            case SentinelEvent.UplinksSeen seen -> turn.uplinks(seen.uplinks());
            case SentinelEvent.ServersSeen seen -> turn.servers(seen.servers());
            case SentinelEvent.Disturbed(var uplink) -> turn.over(uplink).ifPresent(Asking::askSoon);
            case SentinelEvent.Suspected(var uplink) -> turn.over(uplink).ifPresent(Asking::askHard);
            case SentinelEvent.Answered answer ->
                turn.asking(answer.question()).ifPresent(asking -> asking.answered(answer));
            case SentinelEvent.Silent(long question) ->
                turn.asking(question).ifPresent(asking -> asking.unanswered(question));
            case SentinelEvent.Refused(long question, String why) ->
                turn.asking(question).ifPresent(asking -> asking.unanswered(question));
            case SentinelEvent.TimePassed passed -> {}
        }
        return turn.finish();
    }

    /** When {@link SentinelEvent.TimePassed} is due, monotonic nanoseconds; empty while nothing is awaited. */
    public OptionalLong nextDeadline(SentinelState state) {
        long due =
                state.watches().values().stream().mapToLong(Watch::dueAt).min().orElse(Watch.NEVER);
        return due == Watch.NEVER ? OptionalLong.empty() : OptionalLong.of(due);
    }
}
