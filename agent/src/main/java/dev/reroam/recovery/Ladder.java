package dev.reroam.recovery;

import static dev.reroam.recovery.Need.ANSWER_OWED;
import static dev.reroam.recovery.Need.FIXED_PORT;
import static dev.reroam.recovery.Need.FREE_PORT;
import static dev.reroam.recovery.Need.MAPPING_LIVES;
import static dev.reroam.recovery.Need.NO_PEER_CARRIES;
import static dev.reroam.recovery.Need.NO_PEER_QUIET;
import static dev.reroam.recovery.Need.OTHER_ADDRESS;
import static dev.reroam.recovery.Need.OTHER_UPLINK;
import static dev.reroam.recovery.Need.OWNER;
import static dev.reroam.recovery.Need.SETTABLE_DEVICE;
import static dev.reroam.recovery.Need.WAY_CHANGED;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which repair is the right one first, and which come after it. Immutable data: {@link Recovery} does what stands here.
 *
 * @param entries the first rung for each cell; a missing cell means leave it alone. An entry that is not built yet means
 *     wait: what lies above it is no answer to that evidence
 * @param rungs one row for each rung
 */
public record Ladder(Map<Evidence, Map<Condition, Rung>> entries, Map<Rung, Row> rungs) {

    /**
     * One rung.
     *
     * @param built false while its place is only reserved: it is passed over
     * @param waitNanos how long a tunnel that is known to answer echoes may take to prove it; one that answers nothing gets
     *     {@link RecoveryConfig#silentBound()} after the last packet that is owed an answer
     */
    public record Row(boolean built, Reach reach, Set<Need> needs, String does, String proof, long waitNanos) {
        public Row {
            needs = Set.copyOf(needs);
        }
    }

    private static final long SECOND = 1_000_000_000L;

    /** The table that ships. */
    public static Ladder standard() {
        var entries = new EnumMap<Evidence, Map<Condition, Rung>>(Evidence.class);
        entries.put(Evidence.PATH_CHANGED, entry(Rung.REFRESH, Rung.REFRESH, Rung.REFRESH, Rung.CLEAR));
        entries.put(Evidence.UPLINK_RETURNED, entry(Rung.REFRESH, Rung.REFRESH, Rung.REFRESH, Rung.CLEAR));
        entries.put(Evidence.UPLINK_SUSPECT, entry(Rung.STEER, Rung.STEER, Rung.STEER));
        entries.put(Evidence.TUNNEL_SILENT, entry(Rung.CONNTRACK, Rung.CONNTRACK));
        entries.put(Evidence.WAN_CHANGED, entry(Rung.REFRESH, Rung.REFRESH, Rung.REFRESH, Rung.CLEAR));
        // What is stuck for the one who asked need not be for the tunnel: it is proved first. Rebind then has no sense.
        entries.put(Evidence.MAPPING_STUCK, entry(Rung.REFRESH, Rung.REFRESH, Rung.REFRESH, Rung.CLEAR));
        // A new device has no stale source: its sleeping peers need nothing.
        entries.put(Evidence.DEVICE_RECREATED, entry(Rung.REFRESH, Rung.REFRESH, Rung.REFRESH));
        // Affected it was already; a refresh harms none that carries, and mends what came back to the old way since.
        entries.put(Evidence.INTERRUPTED, entry(Rung.REFRESH, Rung.REFRESH, Rung.REFRESH));
        // A quiet one does not show that it needs the new address. A sleeping one does: WireGuard itself tries to reach
        // it.
        Map<Condition, Rung> moved = entry(Rung.RESOLVE, Rung.RESOLVE);
        moved.put(Condition.ASLEEP, Rung.RESOLVE);
        entries.put(Evidence.NAME_CHANGED, moved);
        // The one case in which a sleeping peer is sent to: a person named it.
        entries.put(Evidence.ASKED, entry(Rung.REFRESH, Rung.REFRESH, Rung.REFRESH, Rung.REFRESH));

        String answer = "handshake, echo, or bytes received";
        var rungs = new EnumMap<Rung, Row>(Rung.class);
        rungs.put(
                Rung.CLEAR,
                row(Reach.DEVICE, EnumSet.of(SETTABLE_DEVICE), "same fwmark again; sends nothing", "none", 0));
        rungs.put(
                Rung.REFRESH,
                row(
                        Reach.PEER,
                        EnumSet.of(SETTABLE_DEVICE),
                        "same fwmark, keepalive off and on; again after 20 ms, and after 1 s where nobody can be asked;"
                                + " conntrack beside it when the answer is late",
                        answer,
                        SECOND));
        // Rebinding keeps the port, so a NAT or filter in between notices nothing; but what arrives between the two
        // sockets is lost, so a peer that carries is spared even that. A quiet one has nothing to lose.
        rungs.put(
                Rung.REBIND,
                row(
                        Reach.DEVICE,
                        EnumSet.of(SETTABLE_DEVICE, ANSWER_OWED, NO_PEER_CARRIES, MAPPING_LIVES),
                        "new socket on the same port, then refresh",
                        answer,
                        // With refresh's second: a port is left only when even the passive keepalive, owed 10 s after
                        // the
                        // first echo, did not come.
                        10 * SECOND));
        rungs.put(
                Rung.CONNTRACK,
                row(
                        Reach.PEER,
                        EnumSet.of(SETTABLE_DEVICE, ANSWER_OWED),
                        "forget the tunnel's own flows that no longer fit its way, then refresh",
                        answer,
                        SECOND));
        rungs.put(
                Rung.STEER,
                row(
                        Reach.UPLINK,
                        EnumSet.of(SETTABLE_DEVICE, OTHER_UPLINK),
                        "rule to another uplink, each once, then refresh; taken back without proof",
                        answer,
                        SECOND));
        // 6 s: the first packet on a new port may have to be a handshake, and WireGuard repeats one after 5 s at most.
        rungs.put(
                Rung.NEW_PORT,
                row(
                        Reach.DEVICE,
                        EnumSet.of(SETTABLE_DEVICE, ANSWER_OWED, NO_PEER_CARRIES, NO_PEER_QUIET, FREE_PORT),
                        "fresh listen port, then refresh; the old one comes back without proof",
                        answer,
                        6 * SECOND));
        // Where another peer carries from that port it is not the port that is stuck, and the peers of a hub find it by
        // that.
        rungs.put(
                Rung.SOURCE_PORT,
                row(
                        Reach.PEER,
                        EnumSet.of(SETTABLE_DEVICE, ANSWER_OWED, NO_PEER_CARRIES, FIXED_PORT, WAY_CHANGED),
                        "nft gives the tunnel's packets another source port, then refresh; taken back without proof",
                        answer,
                        6 * SECOND));
        rungs.put(
                Rung.RESOLVE,
                row(
                        Reach.PEER,
                        EnumSet.of(SETTABLE_DEVICE, OTHER_ADDRESS),
                        "next address of the endpoint's name, each once, then refresh; the old one comes back without proof"
                                + " where the name still gives it",
                        answer,
                        // As for a new port: the far side may have to shake hands first.
                        6 * SECOND));
        rungs.put(Rung.HOST_ROUTE, reserved(Reach.PEER, "move the host route that pins the endpoint"));
        rungs.put(
                Rung.RESTART_OWNER,
                row(
                        Reach.DEVICE,
                        EnumSet.of(SETTABLE_DEVICE, ANSWER_OWED, NO_PEER_CARRIES, NO_PEER_QUIET, OWNER),
                        "whoever is configured restarts it, then refresh",
                        answer,
                        // As for a new port: it begins with a handshake.
                        6 * SECOND));
        rungs.put(
                Rung.PERSON,
                row(
                        Reach.PEER,
                        EnumSet.noneOf(Need.class),
                        "say what is wrong, or that the peer must move",
                        answer,
                        0));
        return new Ladder(entries, rungs);
    }

    private static Map<Condition, Rung> entry(Rung affected, Rung fixed, Rung quiet, Rung asleep) {
        Map<Condition, Rung> row = entry(affected, fixed, quiet);
        row.put(Condition.ASLEEP, asleep);
        return row;
    }

    private static Map<Condition, Rung> entry(Rung affected, Rung fixed, Rung quiet) {
        Map<Condition, Rung> row = entry(affected, fixed);
        row.put(Condition.QUIET, quiet);
        return row;
    }

    private static Map<Condition, Rung> entry(Rung affected, Rung fixed) {
        var row = new EnumMap<Condition, Rung>(Condition.class);
        row.put(Condition.AFFECTED, affected);
        row.put(Condition.FIXED, fixed);
        return row;
    }

    private static Row row(Reach reach, Set<Need> needs, String does, String proof, long waitNanos) {
        return new Row(true, reach, needs, does, proof, waitNanos);
    }

    private static Row reserved(Reach reach, String does) {
        return new Row(false, reach, Set.of(), does, "", 0);
    }

    /** The rung to begin with, built or not; empty when the tunnel is to be left alone. */
    public Optional<Rung> first(Evidence evidence, Condition condition) {
        return Optional.ofNullable(entries.getOrDefault(evidence, Map.of()).get(condition));
    }

    /** Whether the entry for this evidence is built, so that it need not be taken for something lesser. */
    boolean canBegin(Evidence evidence) {
        return first(evidence, Condition.AFFECTED)
                .map(rung -> row(rung).built())
                .orElse(false);
    }

    /** The row of a rung. */
    public Row row(Rung rung) {
        return Optional.ofNullable(rungs.get(rung)).orElseThrow();
    }

    /** The built rungs above this one, least disruptive first; the last is {@link Rung#PERSON}. */
    public List<Rung> above(Rung rung) {
        var above = new ArrayList<Rung>();
        for (Rung other : Rung.values()) {
            if (other.compareTo(rung) > 0 && row(other).built()) {
                above.add(other);
            }
        }
        return above;
    }

    /** The rung just below, built or not; the lowest itself for the lowest. */
    static Rung below(Rung rung) {
        Rung below = Rung.CLEAR;
        for (Rung other : Rung.values()) {
            if (other.compareTo(rung) < 0) {
                below = other;
            }
        }
        return below;
    }

    /** This ladder with one cell changed. */
    public Ladder with(Evidence evidence, Condition condition, Optional<Rung> rung) {
        var changed = new EnumMap<Evidence, Map<Condition, Rung>>(entries);
        var row = new EnumMap<Condition, Rung>(Condition.class);
        row.putAll(entries.getOrDefault(evidence, Map.of()));
        rung.ifPresentOrElse(to -> row.put(condition, to), () -> row.remove(condition));
        changed.put(evidence, row);
        return new Ladder(changed, rungs);
    }

    /** Both tables as text, for the documentation. */
    public String print() {
        var text = new StringBuilder(String.format(Locale.ROOT, "%-17s", "first rung"));
        for (Condition condition : Condition.values()) {
            text.append(String.format(Locale.ROOT, " %-10s", word(condition)));
        }
        for (Evidence evidence : Evidence.values()) {
            text.append(String.format(Locale.ROOT, "%n%-17s", word(evidence)));
            for (Condition condition : Condition.values()) {
                String cell = first(evidence, condition)
                        .map(rung -> word(rung) + (row(rung).built() ? "" : "*"))
                        .orElse("-");
                text.append(String.format(Locale.ROOT, " %-10s", cell));
            }
        }
        text.append(String.format(Locale.ROOT, "%n%n%-14s %-7s %5s  %s", "rung", "reach", "wait", "does (needs)"));
        for (Rung rung : Rung.values()) {
            Row row = row(rung);
            String needs = row.needs().stream().sorted().map(Need::toString).collect(Collectors.joining(", "));
            text.append(String.format(
                    Locale.ROOT,
                    "%n%-14s %-7s %4ds  %s%s",
                    word(rung) + (row.built() ? "" : "*"),
                    word(row.reach()),
                    row.waitNanos() / SECOND,
                    row.does(),
                    needs.isEmpty() ? "" : " (" + needs + ")"));
        }
        return text.append(String.format(
                        Locale.ROOT, "%n* not built yet: as an entry it waits, above one it is passed over"))
                .toString()
                .replaceAll(" +\n", "\n");
    }

    static String word(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
