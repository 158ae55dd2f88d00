package dev.reroam.portmap;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.MapperEffect.Tell;
import dev.reroam.portmap.Port.Haste;
import dev.reroam.portmap.Port.Permission;
import dev.reroam.portmap.Port.Trace;
import dev.reroam.portmap.UplinkMapper.Under;
import dev.reroam.portmap.gateway.AddressKind;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.Effect;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Grant;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Turn;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.portmap.upnp.UpnpClient;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One step of {@link UplinkMapper}. One use.
 *
 * <p>For a port, in this order: what is in the table and not wanted, or was made by a protocol that now says no, is deleted
 * by the protocol that made it; what is there is renewed by it; what is not is mapped by the first protocol that is there.
 */
final class UplinkStep {

    /** RFC 6886 section 3.3 recommends 7200 s; PCP servers and UPnP devices take it too. */
    static final long LIFETIME_SECONDS = 7200;

    /**
     * Renewals of leases too short to keep up with begin at this distance and double; RFC 6887 section 11.2.1 allows 4 s.
     */
    static final long RENEWAL_FLOOR = TimeUnit.SECONDS.toNanos(10);

    static final long RENEWAL_CEILING = TimeUnit.MINUTES.toNanos(5);
    static final int RENEWAL_JITTER_PERCENT = 10;

    /** After silence or a refusal, doubled each time. */
    static final long RETRY_FLOOR = TimeUnit.SECONDS.toNanos(10);

    static final long RETRY_CEILING = TimeUnit.MINUTES.toNanos(10);
    /**
     * Where nothing answered. One question in each protocol then: 5 packets, which with those of the sentinel stay below the
     * 12 a minute that an uplink may cost.
     */
    static final long PROBE_FLOOR = TimeUnit.SECONDS.toNanos(70);

    static final long REFUSAL_FLOOR = TimeUnit.SECONDS.toNanos(30);
    static final long REFUSAL_CEILING = TimeUnit.MINUTES.toNanos(30);

    /** A gateway that does not answer while we stop must not hold the stop up. */
    static final long STOP_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final UplinkMapper before;
    private final long now;
    private final List<MapperEffect> effects = new ArrayList<>();
    private final Map<Protocol, GatewayClient> clients;
    private final Map<Protocol, Presence> presence;
    private final SortedMap<Wanted, Port> ports;
    private Optional<Under> under;
    private final Map<Cause, Damping> dampings;
    private final Map<Protocol, IpAddress> externals;
    private long probeAt;
    private int probes;
    private Chance chance;
    private OptionalLong stopBy;
    private boolean ended;
    private long sent;
    private long calls;
    private long dropped;

    UplinkStep(UplinkMapper before, long now) {
        this.before = before;
        this.now = now;
        clients = new EnumMap<>(before.clients());
        presence = new EnumMap<>(before.presence());
        ports = new TreeMap<>(before.ports());
        under = before.under();
        dampings = new EnumMap<>(before.dampings());
        externals = new EnumMap<>(Protocol.class);
        externals.putAll(before.externals());
        probeAt = before.probeAt();
        probes = before.probes();
        chance = before.chance();
        stopBy = before.stopBy();
        ended = before.ended();
        sent = before.counts().sent();
        calls = before.counts().calls();
        dropped = before.counts().dropped();
    }

    UplinkMapper.Step run(MapperEvent event) {
        if (ended) {
            // Late answers.
            return new UplinkMapper.Step(before, List.of());
        }
        switch (event) {
            case MapperEvent.Want want -> want(want.ports());
            case MapperEvent.Greet greet -> greet();
            case MapperEvent.Came came -> stimulate(came.protocol(), came.stimulus());
            case MapperEvent.Announced announced -> onAnnounced(announced);
            case MapperEvent.CheckAll check -> happened(Cause.CHECK, Optional.empty());
            case MapperEvent.PermanentNoted noted -> onPermanentNoted(noted.wanted());
            case MapperEvent.Left left -> onLeft(left.wanted(), left.externalPort());
            case MapperEvent.Due due -> onDue();
            case MapperEvent.Stop stop -> stop();
        }
        if (stopBy.isEmpty()) {
            follow();
        }
        runOut();
        advance();
        return new UplinkMapper.Step(
                new UplinkMapper(
                        before.gateway(),
                        clients,
                        presence,
                        ports,
                        under,
                        dampings,
                        externals,
                        probeAt,
                        probes,
                        chance,
                        stopBy,
                        ended,
                        new Counts(sent, calls, dropped)),
                effects);
    }

    private void tell(News news) {
        effects.add(new Tell(news));
    }

    // ---- events

    private void want(Set<Wanted> wanted) {
        if (stopBy.isPresent()) {
            return;
        }
        for (Port port : List.copyOf(ports.values())) {
            if (!wanted.contains(port.wanted()) && port.desired()) {
                ports.put(port.wanted(), port.withDesired(false, now));
            }
        }
        for (Wanted one : wanted) {
            Port port = ports.get(one);
            if (port == null) {
                ports.put(one, Port.of(one, now));
            } else if (!port.desired()) {
                ports.put(one, port.withDesired(true, now));
            }
        }
    }

    private void greet() {
        for (Protocol protocol : Protocol.values()) {
            GatewayClient client = clients.get(protocol);
            if (client != null
                    && !client.busy()
                    && stopBy.isEmpty()
                    && presence.get(protocol) instanceof Presence.Unknown) {
                presence.put(protocol, new Presence.Probing(now, true));
                stimulate(protocol, new Stimulus.Ask(new Operation.Probe(true)));
            }
        }
    }

    private void onAnnounced(MapperEvent.Announced announced) {
        byte[] bytes = announced.bytes().bytes();
        Protocol protocol = bytes.length > 0 && bytes[0] == 0 ? Protocol.NAT_PMP : Protocol.PCP;
        if (clients.containsKey(protocol)) {
            stimulate(protocol, new Stimulus.Announcement(announced.from(), announced.bytes()));
        } else {
            dropped++;
        }
    }

    private void onPermanentNoted(Wanted wanted) {
        Port port = ports.get(wanted);
        if (port != null && port.permission() == Permission.ASKED) {
            ports.put(wanted, port.withPermission(Permission.GIVEN).at(now));
        }
    }

    /** As if we had made it, and nobody wanted it any more; whoever wants it may say so before the gateway has answered. */
    private void onLeft(Wanted wanted, int externalPort) {
        if (clients.containsKey(Protocol.UPNP) && stopBy.isEmpty() && !ports.containsKey(wanted)) {
            ports.put(
                    wanted,
                    Port.of(wanted, now)
                            .withDesired(false, now)
                            .withTrace(Optional.of(new Trace(Protocol.UPNP, externalPort, GatewayClient.NEVER, true)))
                            .withPermission(Permission.GIVEN));
        }
    }

    private void onDue() {
        for (Protocol protocol : Protocol.values()) {
            GatewayClient client = clients.get(protocol);
            if (client != null && client.dueAt() <= now) {
                stimulate(protocol, new Stimulus.Due());
            }
        }
    }

    private void stop() {
        if (stopBy.isEmpty()) {
            stopBy = OptionalLong.of(now + STOP_NANOS);
            ports.replaceAll((wanted, port) -> port.withDesired(false, now));
            if (clients.containsKey(Protocol.UPNP)) {
                stimulate(Protocol.UPNP, new Stimulus.Leave());
            }
        }
    }

    // ---- clients

    private void stimulate(Protocol protocol, Stimulus stimulus) {
        GatewayClient client = clients.get(protocol);
        if (client == null) {
            dropped++;
            return;
        }
        Turn turn = client.step(stimulus, now);
        clients.put(protocol, turn.client());
        for (Effect effect : turn.effects()) {
            switch (effect) {
                case Effect.Send send -> {
                    sent++;
                    effects.add(new MapperEffect.Send(protocol, send.to(), send.bytes()));
                }
                case Effect.Call call -> {
                    calls++;
                    effects.add(new MapperEffect.Call(call.call(), call.request()));
                }
                case Effect.Tell told -> onReport(protocol, told.report());
            }
        }
    }

    private void onReport(Protocol protocol, Report report) {
        switch (report) {
            case Report.Present present -> onPresent(protocol, present);
            case Report.Absent absent -> onAbsent(protocol, absent);
            case Report.Granted granted -> onGranted(protocol, granted.wanted(), granted.grant());
            case Report.Deleted deleted -> onDeleted(protocol, deleted.wanted());
            case Report.Refused refused -> onRefused(protocol, refused);
            case Report.Unanswered unanswered -> onUnanswered(protocol, unanswered.wanted());
            case Report.OnlyPermanent permanent -> onOnlyPermanent(permanent.wanted());
            case Report.Forgot forgot -> onForgot(protocol, forgot.why());
            case Report.Announced announced -> onAnnounced(protocol);
            case Report.ExternalAddress told -> onExternalAddress(protocol, told.address());
            case Report.Dropped drop -> dropped++;
        }
    }

    private void onPresent(Protocol protocol, Report.Present present) {
        probes = 0;
        present.externalAddress().ifPresent(address -> onExternalAddress(protocol, address));
        setPresence(protocol, new Presence.There());
        wakeUnmapped();
    }

    private void onAbsent(Protocol protocol, Report.Absent absent) {
        setPresence(protocol, new Presence.Absent(absent.answered(), absent.why()));
        wakeUnmapped();
    }

    /** What waited for the end of a probe, of refusals or of silence goes on; the floor of renewals is kept. */
    private void wakeUnmapped() {
        ports.replaceAll((wanted, port) -> port.mapping().isEmpty()
                        && port.trace().isEmpty()
                        && port.permission() != Permission.ASKED
                        && port.nextAt() > now
                ? port.at(Math.max(now, port.haste().floor()))
                : port);
    }

    private void setPresence(Protocol protocol, Presence value) {
        if (!value.equals(presence.put(protocol, value))) {
            tell(new News.Probed(protocol, value));
        }
    }

    private Optional<Under> finish(Wanted wanted) {
        var finished = under.filter(u -> u.wanted().equals(wanted));
        under = Optional.empty();
        return finished;
    }

    private void onGranted(Protocol protocol, Wanted wanted, Grant grant) {
        finish(wanted);
        Port port = ports.get(wanted);
        if (port == null) {
            return;
        }
        setPresence(protocol, new Presence.There());
        long until = grant.permanent() ? GatewayClient.NEVER : now + TimeUnit.SECONDS.toNanos(grant.lifetimeSeconds());
        var trace = new Trace(protocol, grant.external().port(), until, true);
        if (AddressKind.of(grant.external().address()) == AddressKind.NONSENSE) {
            // It is taken back by the protocol that made it, and that protocol is not asked again for a while.
            Port lost = lose(
                    port.withTrace(Optional.of(trace)),
                    "external address " + grant.external().address());
            refuse(
                    lost,
                    protocol,
                    Refusal.UNBELIEVABLE,
                    "external address " + grant.external().address(),
                    REFUSAL_CEILING);
            return;
        }
        var former = port.mapping();
        long since = former.filter(m -> m.external().equals(grant.external()) && m.source() == protocol)
                .map(Mapping::since)
                .orElse(now);
        var mapping = new Mapping(wanted, protocol, grant.external(), since, now, grant.lifetimeSeconds());
        // What is granted for longer than asked, or for ever, is renewed as if it were not: that is how we notice that
        // a
        // gateway forgot which does not announce it.
        long kept = grant.permanent() ? LIFETIME_SECONDS : Math.min(grant.lifetimeSeconds(), LIFETIME_SECONDS);
        long half = TimeUnit.SECONDS.toNanos(kept) / 2;
        var haste = half < RENEWAL_FLOOR ? hurried(port.haste()) : Haste.NONE;
        long next = haste.renewals() == 0 ? now + chance.near(half, RENEWAL_JITTER_PERCENT) : haste.floor();
        chance = chance.next();
        ports.put(
                wanted,
                port.withTrace(Optional.of(trace))
                        .withMapping(Optional.of(mapping))
                        .withFailures(0)
                        .withHaste(haste)
                        .at(port.desired() ? next : now));
        if (since == now) {
            tell(new News.Mapped(mapping, former));
        }
        onGrantedAddress(
                protocol,
                former.filter(m -> m.source() == protocol).map(m -> m.external().address()),
                grant.external().address());
    }

    private Haste hurried(Haste before) {
        int renewals = Math.min(before.renewals() + 1, 10);
        return new Haste(renewals, now + Math.min(RENEWAL_CEILING, RENEWAL_FLOOR << (renewals - 1)));
    }

    private Port lose(Port port, String why) {
        Port lost = port.withMapping(Optional.empty());
        ports.put(port.wanted(), lost);
        if (port.mapping().isPresent()) {
            tell(new News.Lost(port.wanted(), why));
        }
        return lost;
    }

    private void refuse(Port port, Protocol protocol, Refusal refusal, String words, long againAfter) {
        var refused = new EnumMap<Protocol, Long>(Protocol.class);
        refused.putAll(port.refusedUntil());
        // Each of the protocols has its say in a round, so two refusals double once.
        long wait = Math.min(REFUSAL_CEILING, REFUSAL_FLOOR << Math.min(port.failures() / 2, 10));
        refused.put(protocol, now + Math.max(wait, againAfter));
        ports.put(
                port.wanted(),
                port.withRefused(refused)
                        .withFailures(Math.min(port.failures() + 1, 20))
                        .at(now));
        tell(new News.Refused(port.wanted(), protocol, refusal, words));
    }

    private void onDeleted(Protocol protocol, Wanted wanted) {
        finish(wanted);
        setPresence(protocol, new Presence.There());
        Port port = ports.get(wanted);
        if (port != null) {
            forget(port);
        }
    }

    /** The table holds nothing of ours for this port any more. */
    private void forget(Port port) {
        if (port.permission() == Permission.GIVEN) {
            tell(new News.PermanentGone(port.wanted()));
        }
        Port left = lose(port, "taken back")
                .withTrace(Optional.empty())
                .withPermission(Permission.NONE)
                .at(now);
        if (left.desired()) {
            ports.put(port.wanted(), left);
        } else {
            ports.remove(port.wanted());
        }
    }

    private void onRefused(Protocol protocol, Report.Refused refused) {
        var finished = finish(refused.wanted());
        Port port = ports.get(refused.wanted());
        if (port == null || finished.isEmpty()) {
            return;
        }
        if (finished.get().deletes()) {
            if (refused.refusal() == Refusal.UNSUPPORTED
                    || !port.trace().map(Trace::confirmed).orElse(false)) {
                // A gateway that does not know the protocol any more is another than the one that had our mapping; and
                // one
                // that never granted any and will not hear of deleting has none.
                forget(port);
            } else {
                later(port);
            }
            return;
        }
        if (!finished.get().hadTrace() && refused.refusal() != Refusal.UNBELIEVABLE && !refused.repeated()) {
            if (port.permission() == Permission.GIVEN) {
                tell(new News.PermanentGone(port.wanted()));
            }
            port = port.withTrace(Optional.empty()).withPermission(Permission.NONE);
        }
        refuse(port, protocol, refused.refusal(), refused.words(), refused.againAfterNanos());
    }

    private void onUnanswered(Protocol protocol, Wanted wanted) {
        finish(wanted);
        Port port = ports.get(wanted);
        if (port == null) {
            return;
        }
        if (port.mapping().isEmpty()) {
            presence.put(protocol, new Presence.Unknown());
            probeAt = Math.max(now, probeAt);
        }
        later(port);
    }

    /** Waits before the next attempt: longer each time, but a mapping that still holds is not let run out meanwhile. */
    private void later(Port port) {
        int failures = Math.min(port.failures() + 1, 20);
        long wait = Math.min(RETRY_CEILING, RETRY_FLOOR << Math.min(failures - 1, 10));
        if (port.mapping().isPresent()) {
            long left = port.mapping().get().expiresAt() - now;
            wait = Math.clamp(left / 2, RETRY_FLOOR, Math.max(wait, RETRY_FLOOR));
        }
        wait = chance.near(wait, RENEWAL_JITTER_PERCENT);
        chance = chance.next();
        ports.put(port.wanted(), port.withFailures(failures).at(now + Math.max(wait, RETRY_FLOOR)));
    }

    private void onOnlyPermanent(Wanted wanted) {
        var finished = finish(wanted);
        Port port = ports.get(wanted);
        if (port == null) {
            return;
        }
        int external = port.trace().map(Trace::externalPort).orElse(wanted.internalPort());
        if (!finished.map(Under::hadTrace).orElse(false)) {
            port = port.withTrace(Optional.empty());
        }
        if (port.permission() == Permission.GIVEN) {
            // It was asked for a permanent one and says that only those are made: a lie, and so a refusal.
            refuse(port, Protocol.UPNP, Refusal.OTHER, "permanent mappings only, and none", REFUSAL_CEILING);
            return;
        }
        ports.put(wanted, port.withPermission(Permission.ASKED).at(GatewayClient.NEVER));
        tell(new News.PermanentAhead(wanted, external));
    }

    private void onForgot(Protocol protocol, String why) {
        Damping damping = damping(Cause.FORGOT);
        // Each protocol tells of the same restart.
        happened(Cause.FORGOT, damping.inBurst(now) ? damping.news() : Optional.of(new News.Forgot(protocol, why)));
    }

    private void onAnnounced(Protocol protocol) {
        boolean told = List.of(Cause.FORGOT, Cause.ADDRESS).stream()
                .anyMatch(cause -> damping(cause).inBurst(now));
        if (!told) {
            happened(Cause.ANNOUNCED, Optional.of(new News.Announced(protocol)));
        }
    }

    private void onExternalAddress(Protocol protocol, IpAddress address) {
        if (AddressKind.of(address) == AddressKind.NONSENSE) {
            // The gateway has no connection just now; another announcement comes when it has.
            dropped++;
            return;
        }
        Optional.ofNullable(externals.put(protocol, address)).ifPresent(known -> onAddresses(known, address));
    }

    /**
     * What a mapping has now and had before is compared, and not what another mapping has: a gateway may have several outer
     * addresses. Of the mappings that have another address now the first tells it.
     */
    private void onGrantedAddress(Protocol protocol, Optional<IpAddress> former, IpAddress address) {
        boolean known = address.equals(externals.put(protocol, address));
        if (!known) {
            former.ifPresent(was -> onAddresses(was, address));
        }
    }

    private void onAddresses(IpAddress was, IpAddress is) {
        if (was.equals(is)) {
            return;
        }
        // What waits to be told begins where it began, and may end there too.
        IpAddress from = damping(Cause.ADDRESS)
                .news()
                .filter(News.ExternalAddressChanged.class::isInstance)
                .map(waiting -> ((News.ExternalAddressChanged) waiting).before())
                .orElse(was);
        happened(
                Cause.ADDRESS,
                from.equals(is) ? Optional.empty() : Optional.of(new News.ExternalAddressChanged(from, is)));
    }

    // ---- mapping anew

    private Damping damping(Cause cause) {
        return dampings.getOrDefault(cause, Damping.fresh(now));
    }

    private void happened(Cause cause, Optional<News> news) {
        dampings.put(cause, damping(cause).happened(news, now));
    }

    /** What happened and whose time it is. */
    private void follow() {
        for (Cause cause : Cause.values()) {
            Damping damping = damping(cause);
            if (damping.dueAt() <= now) {
                dampings.put(cause, damping.followed(cause.slows(), now));
                damping.news().ifPresent(this::tell);
                mapAnew(cause);
            }
        }
    }

    /** Has every port asked for again. */
    private void mapAnew(Cause cause) {
        if (cause == Cause.CHECK) {
            presence.replaceAll((protocol, known) -> known instanceof Presence.Absent ? new Presence.Unknown() : known);
            probes = 0;
        }
        findAgain();
        ports.replaceAll((wanted, port) -> port.permission() == Permission.ASKED
                ? port
                : port.withRefused(Map.of()).withFailures(0).at(Math.min(port.nextAt(), now)));
        probeAt = Math.min(probeAt, now);
    }

    /** A UPnP device that started anew is looked for, although another protocol maps: its events are wanted. */
    private void findAgain() {
        boolean maps = ports.values().stream()
                .anyMatch(port -> port.trace()
                        .filter(trace -> trace.protocol() == Protocol.UPNP)
                        .isPresent());
        if (!maps
                && presence.get(Protocol.UPNP) instanceof Presence.There
                && clients.get(Protocol.UPNP) instanceof UpnpClient upnp
                && upnp.found().isEmpty()
                && !upnp.busy()) {
            probe(Protocol.UPNP);
        }
    }

    // ---- what is to be done now

    private void runOut() {
        for (Port known : List.copyOf(ports.values())) {
            boolean over = known.mapping().isPresent() && known.mapping().get().expiresAt() <= now;
            Port port = over ? lose(known, "the lease ran out") : known;
            if (under.isEmpty()
                    && port.trace().isPresent()
                    && port.trace().get().until() <= now) {
                ports.put(port.wanted(), port.withTrace(Optional.empty()));
            }
        }
    }

    private void advance() {
        if (stopBy.isPresent()) {
            ports.values()
                    .removeIf(port -> port.trace().isEmpty()
                            && under.filter(u -> u.wanted().equals(port.wanted()))
                                    .isEmpty());
            if ((ports.isEmpty() && !leaving()) || stopBy.getAsLong() <= now) {
                ended = true;
                tell(new News.Ended(new HashSet<>(ports.keySet())));
                return;
            }
        } else if (Agenda.wantsProbe(ports.values()) && probeAt <= now && noneProbing()) {
            probe();
        }
        for (Port port : List.copyOf(ports.values())) {
            if (under.isPresent()) {
                return;
            }
            if (port.nextAt() <= now) {
                decide(port);
            }
        }
    }

    private boolean leaving() {
        return clients.get(Protocol.UPNP) instanceof UpnpClient upnp && upnp.leaving();
    }

    private boolean noneProbing() {
        return presence.values().stream().noneMatch(Presence.Probing.class::isInstance);
    }

    /** Asks what is not known to be there; all together. */
    private void probe() {
        long wait = Math.min(RETRY_CEILING, PROBE_FLOOR << Math.min(probes, 10));
        probes++;
        probeAt = now + chance.near(wait, RENEWAL_JITTER_PERCENT);
        chance = chance.next();
        for (Protocol protocol : Protocol.values()) {
            GatewayClient client = clients.get(protocol);
            if (client != null && !client.busy() && !(presence.get(protocol) instanceof Presence.There)) {
                probe(protocol);
            }
        }
    }

    private void probe(Protocol protocol) {
        boolean wasSilent = presence.get(protocol) instanceof Presence.Absent absent && !absent.answered();
        presence.put(protocol, new Presence.Probing(now, wasSilent));
        stimulate(protocol, new Stimulus.Ask(new Operation.Probe(wasSilent)));
    }

    private void decide(Port port) {
        if (port.trace().isPresent()) {
            var trace = port.trace().get();
            boolean deletes = !port.desired() || refused(port, trace.protocol()) || answeredNo(trace.protocol());
            begin(port, trace.protocol(), deletes, trace.externalPort());
        } else if (!port.desired()) {
            ports.remove(port.wanted());
        } else {
            choose(port);
        }
    }

    private boolean answeredNo(Protocol protocol) {
        return presence.get(protocol) instanceof Presence.Absent absent && absent.answered();
    }

    private boolean refused(Port port, Protocol protocol) {
        return refusedUntil(port, protocol) > now;
    }

    private long refusedUntil(Port port, Protocol protocol) {
        return port.refusedUntil().getOrDefault(protocol, now);
    }

    private void choose(Port port) {
        long wait = GatewayClient.NEVER;
        long probingSince = GatewayClient.NEVER;
        boolean expected = false;
        for (Protocol protocol : Protocol.values()) {
            Presence known = presence.getOrDefault(protocol, new Presence.Absent(true, "not for this family"));
            if (known instanceof Presence.Probing probing) {
                probingSince = Math.min(probingSince, probing.since());
                expected |= !probing.wasSilent();
            } else if (known instanceof Presence.There && refused(port, protocol)) {
                wait = Math.min(wait, refusedUntil(port, protocol));
            } else if (known instanceof Presence.There) {
                long from = probingSince == GatewayClient.NEVER ? now : probingSince + Agenda.grace(protocol, expected);
                if (from > now) {
                    ports.put(port.wanted(), port.at(from));
                } else {
                    begin(port, protocol, false, port.wanted().internalPort());
                }
                return;
            }
        }
        // A probe's end wakes it, or the end of the first refusal.
        ports.put(port.wanted(), port.at(wait));
    }

    private void begin(Port port, Protocol protocol, boolean deletes, int externalPort) {
        GatewayClient client = clients.get(protocol);
        if (client == null || client.busy()) {
            // It is probing; that ends within seconds.
            ports.put(port.wanted(), port.at(client == null ? GatewayClient.NEVER : Math.max(now + 1, client.dueAt())));
            return;
        }
        boolean hadTrace = port.trace().isPresent();
        under = Optional.of(new Under(protocol, port.wanted(), deletes, hadTrace));
        Operation operation;
        if (deletes) {
            operation = new Operation.Delete(port.wanted(), externalPort);
        } else {
            boolean permanent = protocol == Protocol.UPNP && port.permission() == Permission.GIVEN;
            long lifetime = permanent ? 0 : LIFETIME_SECONDS;
            operation = new Operation.Map(port.wanted(), externalPort, lifetime);
            // Before the answer: if none comes, it may be there all the same, or be renewed.
            long asked = permanent ? GatewayClient.NEVER : now + TimeUnit.SECONDS.toNanos(LIFETIME_SECONDS);
            long until = Math.max(asked, port.trace().map(Trace::until).orElse(asked));
            boolean confirmed = port.trace().map(Trace::confirmed).orElse(false);
            ports.put(port.wanted(), port.withTrace(Optional.of(new Trace(protocol, externalPort, until, confirmed))));
        }
        stimulate(protocol, new Stimulus.Ask(operation));
    }
}
