package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/** What a peer's allowed IPs cover together. */
final class Coverage {

    private Coverage() {}

    /**
     * The families of which nothing is left out: by 0.0.0.0/0 or ::/0, or in parts, such as 0.0.0.0/1 and 128.0.0.0/1, which
     * many use so that the default route stays.
     */
    static Set<IpFamily> everything(Collection<IpPrefix> prefixes) {
        var everything = EnumSet.noneOf(IpFamily.class);
        for (var family : IpFamily.values()) {
            if (coversAll(prefixes, family)) {
                everything.add(family);
            }
        }
        return everything;
    }

    private static boolean coversAll(Collection<IpPrefix> prefixes, IpFamily family) {
        var byLength = new TreeMap<Integer, Set<IpPrefix>>();
        for (var prefix : prefixes) {
            if (prefix.family() == family) {
                byLength.computeIfAbsent(prefix.length(), none -> new HashSet<>())
                        .add(prefix);
            }
        }
        // From the longest on: two halves are the whole that they are halves of.
        for (var longest = byLength.pollLastEntry(); longest != null; longest = byLength.pollLastEntry()) {
            int length = longest.getKey();
            if (length == 0) {
                return true;
            }
            var halved = new HashSet<IpPrefix>();
            for (var half : longest.getValue()) {
                var whole = new IpPrefix(half.address(), length - 1);
                if (!halved.add(whole)) {
                    byLength.computeIfAbsent(length - 1, none -> new HashSet<>())
                            .add(whole);
                }
            }
        }
        return false;
    }
}
