package dev.reroam.portmap;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.loop.Alarm;
import dev.reroam.portmap.gateway.Wanted;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * A mapper for the gateway of each uplink, standby ones included: mapped before it is needed. Confined to the agent loop.
 *
 * <p>An uplink that goes away is often back within seconds. Its mapper stays for a while, since one that takes back beside one
 * that maps anew would undo it.
 */
public final class PortMappers implements AutoCloseable {

    /** Ours: a reboot of a modem's Ethernet port, or a cable that is moved. */
    static final long STAYS_FOR = TimeUnit.SECONDS.toNanos(30);
    /** Ours: addresses that change for ever must not open sockets for ever. */
    private static final int MOST_UPLINKS = 16;

    /** Ours: an address that is still tentative is usable within two seconds; a full table of files may be for longer. */
    static final long AGAIN_FIRST = TimeUnit.SECONDS.toNanos(2);

    static final long AGAIN_MOST = TimeUnit.MINUTES.toNanos(5);

    private static final long NEVER = Long.MAX_VALUE;

    /** Where a gateway is; the interface may have another index when it is back. */
    private record Place(String interfaceName, IpAddress gateway, IpAddress local) {
        static Place of(UplinkFacts facts) {
            return new Place(facts.interfaceName(), facts.gateway(), facts.local());
        }
    }

    /** A mapper that could not be made: how often, and when it is tried again. */
    private record Failed(int times, long againAt) {
        static Failed after(Optional<Failed> before, long now) {
            int times = before.map(Failed::times).orElse(0);
            long wait = Math.min(AGAIN_MOST, AGAIN_FIRST << Math.min(times, 10));
            return new Failed(times + 1, now + wait);
        }
    }

    /** Makes the mapper of an uplink. */
    @FunctionalInterface
    interface Maker {
        GatewayMapper make(UplinkFacts uplink, Known known, Consumer<News> listener) throws LinuxException;
    }

    /** Where it is written down what would stay behind if we died. */
    public interface Book {
        /** Complete when it would survive a power cut. */
        CompletionStage<Void> before(PermanentMapping mapping);

        /** It is taken back. */
        void gone(PermanentMapping mapping);

        /** What is written down. */
        List<PermanentMapping> standing();
    }

    private final Clock clock;
    private final Maker maker;
    private final boolean greets;
    private final Book book;
    private final BiConsumer<Uplink, News> listener;
    private final Alarm review;
    private final Map<Uplink, Held> mappers = new LinkedHashMap<>();
    // The longest unused one goes first.
    private final Map<Place, Known> known = new LinkedHashMap<>();
    private final Map<Uplink, Failed> failed = new HashMap<>();
    private Map<Uplink, Set<Wanted>> wishes = Map.of();
    // Null until it is stopped.
    private @Nullable CompletableFuture<Void> stopped;

    private static final class Held {
        private final Place place;
        private final GatewayMapper mapper;
        private long goneAt = NEVER;
        private boolean ending;

        Held(Place place, GatewayMapper mapper) {
            this.place = place;
            this.mapper = mapper;
        }
    }

    PortMappers(
            EventLoop loop, Clock clock, Maker maker, boolean greets, Book book, BiConsumer<Uplink, News> listener) {
        this.greets = greets;
        this.clock = clock;
        this.maker = maker;
        this.book = book;
        this.listener = listener;
        review = new Alarm(loop, clock, this::review);
    }

    /**
     * Mappers with sockets.
     *
     * @param greets whether a gateway at which nothing shall be mapped is asked one question; else it is only listened to
     * @param listener is told on the loop
     */
    public static PortMappers open(
            EventLoop loop,
            Clock clock,
            PortMapper.Sockets sockets,
            boolean greets,
            Book book,
            BiConsumer<Uplink, News> listener) {
        return new PortMappers(loop, clock, sockets::open, greets, book, listener);
    }

    /** The uplinks that are there now, all of them, and what shall be mapped at the gateway of each. */
    public void follow(Map<Uplink, Set<Wanted>> all) {
        wishes = Map.copyOf(all);
        if (stopped == null) {
            review();
        }
    }

    /** Something changed at these uplinks: their gateways are asked for everything again. */
    public void checkAll(Collection<Uplink> changed, String why) {
        changed.forEach(
                uplink -> Optional.ofNullable(mappers.get(uplink)).ifPresent(held -> held.mapper.checkAll(why)));
    }

    private void review() {
        long now = clock.monotonicNanos();
        review.cancel();
        failed.keySet().retainAll(wishes.keySet());
        wishes.forEach(this::want);
        long next = failed.values().stream().mapToLong(Failed::againAt).min().orElse(NEVER);
        for (var entry : List.copyOf(mappers.entrySet())) {
            Held held = entry.getValue();
            if (wishes.containsKey(entry.getKey()) || held.ending) {
                continue;
            }
            held.goneAt = Math.min(held.goneAt, now);
            if (now - held.goneAt >= STAYS_FOR) {
                end(held);
            } else {
                next = Math.min(next, held.goneAt + STAYS_FOR);
            }
        }
        if (next != NEVER) {
            review.setAt(next);
        }
    }

    private void want(Uplink uplink, Set<Wanted> ports) {
        Held held = mappers.get(uplink);
        if (held == null) {
            held = make(uplink).orElse(null);
        } else if (held.goneAt != NEVER && !held.ending) {
            held.goneAt = NEVER;
            held.mapper.checkAll("the uplink is back");
        }
        // One that is ending is made anew when it has ended.
        if (held != null && !held.ending) {
            held.mapper.want(ports);
        }
    }

    private Optional<Held> make(Uplink uplink) {
        IpAddress gateway = uplink.gateway().orElse(null);
        long now = clock.monotonicNanos();
        var before = Optional.ofNullable(failed.get(uplink));
        boolean soon = before.filter(one -> one.againAt() > now).isPresent();
        if (soon || gateway == null || gateway.family() != uplink.family() || mappers.size() >= MOST_UPLINKS) {
            return Optional.empty();
        }
        try {
            var facts = new UplinkFacts(uplink.interfaceIndex(), uplink.interfaceName(), gateway, uplink.source());
            var made =
                    new Held(Place.of(facts), maker.make(facts, known(Place.of(facts)), news -> onNews(uplink, news)));
            mappers.put(uplink, made);
            failed.remove(uplink);
            if (greets) {
                made.mapper.greet();
            }
            book.standing().stream()
                    .filter(left ->
                            left.gateway().equals(gateway) && left.local().equals(uplink.source()))
                    .forEach(left -> made.mapper.takeBack(left.wanted(), left.externalPort()));
            return Optional.of(made);
        } catch (LinuxException e) {
            failed.put(uplink, Failed.after(before, now));
            if (before.isEmpty()) {
                Logger.info("nothing can be mapped over {} for now: {}", uplink, e.getMessage());
            }
            return Optional.empty();
        }
    }

    private Known known(Place place) {
        // One that is not over yet knows best.
        mappers.values().stream().filter(held -> held.place.equals(place)).forEach(this::learn);
        return known.getOrDefault(place, Known.NOTHING);
    }

    private void learn(Held held) {
        known.remove(held.place);
        known.put(held.place, Known.of(held.mapper.state()));
        if (known.size() > MOST_UPLINKS) {
            known.remove(known.keySet().iterator().next());
        }
    }

    private void onNews(Uplink uplink, News news) {
        Held held = mappers.get(uplink);
        if (held == null) {
            return;
        }
        switch (news) {
            case News.PermanentAhead ahead -> note(uplink, held, ahead);
            case News.PermanentGone gone ->
                permanent(uplink, gone.wanted(), gone.wanted().internalPort()).ifPresent(book::gone);
            case News.Ended ended -> onEnded(uplink, held, ended);
            case News.Mapped n -> {}
            case News.Lost n -> {}
            case News.Refused n -> {}
            case News.Forgot n -> {}
            case News.Announced n -> {}
            case News.ExternalAddressChanged n -> {}
            case News.Probed n -> {}
        }
        listener.accept(uplink, news);
    }

    private void note(Uplink uplink, Held held, News.PermanentAhead ahead) {
        permanent(uplink, ahead.wanted(), ahead.externalPort()).ifPresent(mapping -> {
            var unused = book.before(mapping).whenComplete((done, problem) -> {
                if (problem != null) {
                    Logger.warn("{} is not mapped at {}: {}", ahead.wanted(), mapping.gateway(), problem.getMessage());
                } else if (mappers.get(uplink) == held) {
                    held.mapper.permanentNoted(ahead.wanted());
                }
            });
        });
    }

    private static Optional<PermanentMapping> permanent(Uplink uplink, Wanted wanted, int externalPort) {
        return uplink.gateway().map(gateway -> new PermanentMapping(gateway, uplink.source(), wanted, externalPort));
    }

    private void onEnded(Uplink uplink, Held held, News.Ended ended) {
        if (!ended.left().isEmpty()) {
            Logger.info("{}: the gateway did not say that it took back {}", uplink, ended.left());
        }
        learn(held);
        held.mapper.close();
        mappers.remove(uplink, held);
        if (stopped != null) {
            if (mappers.isEmpty()) {
                stopped.complete(null);
            }
        } else {
            review.setWithin(0);
        }
    }

    private static void end(Held held) {
        held.ending = true;
        held.mapper.stop();
    }

    /** Takes everything back; complete within some 5 s. Idempotent. */
    public CompletableFuture<Void> stop() {
        if (stopped == null) {
            stopped = new CompletableFuture<>();
            review.close();
            List.copyOf(mappers.values()).stream().filter(held -> !held.ending).forEach(PortMappers::end);
            if (mappers.isEmpty()) {
                stopped.complete(null);
            }
        }
        return stopped;
    }

    /** The mapper of an uplink, as it is; empty where nothing is asked of its gateway. */
    public Optional<UplinkMapper> state(Uplink uplink) {
        return Optional.ofNullable(mappers.get(uplink)).map(held -> held.mapper.state());
    }

    /** Closes everything without taking anything back; idempotent. */
    @Override
    public void close() {
        review.close();
        mappers.values().forEach(held -> held.mapper.close());
        mappers.clear();
    }
}
