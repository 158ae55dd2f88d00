package dev.reroam;

import dev.reroam.network.NetworkChange;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What changed since it was looked at last: whether anything did that may concern every uplink, and of which the gateway may
 * have become another. Confined to the agent's loop.
 */
final class Stirred {

    private final Set<Integer> touched = new TreeSet<>();
    private final Set<Uplink> appeared = new HashSet<>();
    private boolean any;

    /** The picture of the network is another one, and these uplinks ran before. */
    void by(NetworkChange change, List<Uplink> running) {
        touched(change.disturbed(), change.linksGained(), running);
        any |= change.defaultRoutesChanged();
    }

    /** Interfaces lost something, or came up. */
    void touched(Set<Integer> disturbed, Set<Integer> gained, List<Uplink> running) {
        touched.addAll(disturbed);
        touched.addAll(gained);
        any |= running.stream().anyMatch(uplink -> touched.contains(uplink.interfaceIndex()));
    }

    /** Tunnels take other ways: that is no word of any gateway. */
    void byPaths() {
        any = true;
    }

    /** Other uplinks run than before. */
    void running(List<Uplink> before, List<Uplink> now) {
        any |= !before.isEmpty();
        var fresh = new ArrayList<>(now);
        fresh.removeAll(before);
        appeared.addAll(fresh);
    }

    /** Whether there was anything. */
    boolean any() {
        return any;
    }

    /** Those of these uplinks whose gateway is to be asked again. */
    List<Uplink> of(Collection<Uplink> uplinks) {
        return uplinks.stream()
                .filter(uplink -> touched.contains(uplink.interfaceIndex()) || appeared.contains(uplink))
                .toList();
    }

    /** It was looked at. */
    void clear() {
        touched.clear();
        appeared.clear();
        any = false;
    }
}
