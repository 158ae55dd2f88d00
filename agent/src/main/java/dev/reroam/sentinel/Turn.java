package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.sentinel.SentinelEffect.Leave;
import dev.reroam.sentinel.SentinelState.Away;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One step in the making. Confined to it. */
final class Turn {

    /** Ours: uplinks are a handful; more come from addresses that change for ever. */
    private static final int MOST_AWAY = 16;

    final SentinelConfig config;
    final long now;
    private List<Endpoint> servers;
    private final TreeMap<Uplink, Asking> uplinks = new TreeMap<>();
    private final LinkedHashMap<Uplink, Away> away;
    private final List<SentinelEffect> effects = new ArrayList<>();
    private long nextQuestion;
    private long nextPort;
    private long random;

    Turn(SentinelConfig config, SentinelState state, long now) {
        this.config = config;
        this.now = now;
        servers = state.servers();
        away = new LinkedHashMap<>(state.away());
        nextQuestion = state.nextQuestion();
        nextPort = state.nextPort();
        random = state.random();
        state.watches().forEach((uplink, watch) -> uplinks.put(uplink, new Asking(this, uplink, watch)));
    }

    void uplinks(List<Uplink> seen) {
        var gone = new HashSet<>(uplinks.keySet());
        seen.forEach(gone::remove);
        for (Uplink uplink : gone) {
            Asking asking = uplinks.remove(uplink);
            if (asking != null) {
                asking.leave();
                remember(uplink, asking.away());
            }
        }
        for (Uplink uplink : seen) {
            if (!uplinks.containsKey(uplink)) {
                Away before = away.remove(uplink);
                uplinks.put(uplink, Asking.first(this, uplink, before == null ? Away.NOTHING : before));
            }
        }
    }

    private void remember(Uplink uplink, Away before) {
        away.remove(uplink);
        if (!before.equals(Away.NOTHING)) {
            if (away.size() >= MOST_AWAY) {
                away.pollFirstEntry();
            }
            away.put(uplink, before);
        }
    }

    void servers(List<Endpoint> seen) {
        servers = seen.stream().distinct().toList();
        uplinks.values().forEach(Asking::serversChanged);
    }

    /** Whoever watches the uplink, also where it was named by another of our addresses. */
    Optional<Asking> over(Uplink uplink) {
        return uplinks.entrySet().stream()
                .filter(entry -> entry.getKey().carries(uplink))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Whoever waits for the answer to a question; nobody when it comes too late. */
    Optional<Asking> asking(long question) {
        return uplinks.values().stream()
                .filter(asking -> asking.waitsFor(question))
                .findFirst();
    }

    List<Endpoint> servers(IpFamily family) {
        return servers.stream()
                .filter(server -> server.address().family() == family)
                .toList();
    }

    void effect(SentinelEffect effect) {
        effects.add(effect);
    }

    void leave(Uplink uplink, long port) {
        if (port != 0) {
            effect(new Leave(uplink, port));
        }
    }

    long question() {
        return nextQuestion++;
    }

    long port() {
        return nextPort++;
    }

    /** SplitMix64: enough for jitter, and one long to remember. */
    int below(int bound) {
        random += 0x9e3779b97f4a7c15L;
        long z = random;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return (int) Long.remainderUnsigned(z ^ (z >>> 31), bound);
    }

    Sentinel.Step finish() {
        var watches = new TreeMap<Uplink, Watch>();
        uplinks.forEach((uplink, asking) -> {
            asking.run();
            watches.put(uplink, asking.freeze());
        });
        return new Sentinel.Step(new SentinelState(servers, watches, away, nextQuestion, nextPort, random), effects);
    }
}
