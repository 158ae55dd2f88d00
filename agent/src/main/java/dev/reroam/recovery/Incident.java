package dev.reroam.recovery;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The incident that is open; there is at most one. Immutable; instants are monotonic nanoseconds.
 *
 * @param lastAt when something last happened in it
 * @param tried rungs above refresh that were run in it, by device
 * @param observed devices of which was said that they are only observed
 * @param lost tunnels that were in it when their device went; a device of that name may come back with them
 * @param written keys of the peers that were written down as under repair, in order, by device
 * @param affected tunnels that were in it, counted at each entry
 * @param proved how many of them carry again
 * @param givenUp how many were given up
 */
public record Incident(
        long number,
        long openedAt,
        long lastAt,
        Map<String, Set<Rung>> tried,
        Set<String> observed,
        Map<TunnelId, Damage> lost,
        Map<String, List<String>> written,
        int affected,
        int proved,
        int givenUp) {

    public Incident {
        // Sets in their own order, also when they were read from a journal: notes name what is in them.
        var ordered = new TreeMap<String, Set<Rung>>();
        tried.forEach((device, rungs) -> ordered.put(device, Collections.unmodifiableSet(new TreeSet<>(rungs))));
        tried = SortedTable.copyOf(ordered);
        lost = SortedTable.copyOf(lost);
        written = SortedTable.copyOf(written);
        observed = Collections.unmodifiableSet(new TreeSet<>(observed));
    }

    Set<Rung> tried(String device) {
        return tried.getOrDefault(device, Set.of());
    }

    Incident at(long now) {
        return new Incident(number, openedAt, now, tried, observed, lost, written, affected, proved, givenUp);
    }

    Incident counting(int moreAffected, int moreProved, int moreGivenUp) {
        return new Incident(
                number,
                openedAt,
                lastAt,
                tried,
                observed,
                lost,
                written,
                affected + moreAffected,
                proved + moreProved,
                givenUp + moreGivenUp);
    }

    Incident trying(String device, Rung rung) {
        var rungs = EnumSet.of(rung);
        rungs.addAll(tried(device));
        var more = SortedTable.copyOf(tried).edit();
        more.put(device, rungs);
        return new Incident(
                number, openedAt, lastAt, more.freeze(), observed, lost, written, affected, proved, givenUp);
    }

    Incident tryingAfresh(String device) {
        var fewer = SortedTable.copyOf(tried).edit();
        fewer.remove(device);
        return new Incident(
                number, openedAt, lastAt, fewer.freeze(), observed, lost, written, affected, proved, givenUp);
    }

    Incident observing(String device) {
        var more = new TreeSet<>(observed);
        more.add(device);
        return new Incident(number, openedAt, lastAt, tried, more, lost, written, affected, proved, givenUp);
    }

    Incident losing(TunnelId id, Damage damage) {
        var more = SortedTable.copyOf(lost).edit();
        more.put(id, damage);
        return new Incident(
                number, openedAt, lastAt, tried, observed, more.freeze(), written, affected, proved, givenUp);
    }

    Incident finding(TunnelId id) {
        var fewer = SortedTable.copyOf(lost).edit();
        fewer.remove(id);
        return new Incident(
                number, openedAt, lastAt, tried, observed, fewer.freeze(), written, affected, proved, givenUp);
    }

    List<String> written(String device) {
        return written.getOrDefault(device, List.of());
    }

    /** With these peers of a device written down; none strikes the device out. */
    Incident writing(String device, List<String> peers) {
        var more = SortedTable.copyOf(written).edit();
        if (peers.isEmpty()) {
            more.remove(device);
        } else {
            more.put(device, List.copyOf(peers));
        }
        return new Incident(number, openedAt, lastAt, tried, observed, lost, more.freeze(), affected, proved, givenUp);
    }
}
