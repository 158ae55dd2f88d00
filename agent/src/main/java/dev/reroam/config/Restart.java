package dev.reroam.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Who restarts a device where nothing else has helped. Immutable; never run through a shell.
 *
 * @param name of the unit, network or service; the device's own for wg-quick
 */
public record Restart(Owner owner, Optional<String> name) {

    /** What owns a device. */
    public enum Owner {
        /** systemctl(1) restarts a unit. */
        SYSTEMD,
        /** OpenWrt's netifd: {@code ifup} takes a network of UCI down and up. */
        IFUP,
        /** OpenWrt's procd: a service's script in /etc/init.d. */
        PROCD,
        /** wg-quick(8). */
        WG_QUICK;

        private String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** For people: what {@link #parse} takes. */
    static final String WORDS = "\"systemd UNIT\", \"ifup NETWORK\", \"procd SERVICE\" or \"wg-quick\"";

    // systemd.unit(5) has the widest of the three; none begins with a dash, which would be an option.
    private static final String NAME = "[A-Za-z0-9_@:\\\\][A-Za-z0-9_@.:\\\\-]{0,254}";

    /** Reads one. @throws IllegalArgumentException where it is none, with the reason */
    public static Restart parse(String text) {
        var words = text.strip().split(" +", -1);
        for (var owner : Owner.values()) {
            if (words[0].equals(owner.word())) {
                return of(owner, text, List.of(words).subList(1, words.length));
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not " + WORDS);
    }

    private static Restart of(Owner owner, String text, List<String> names) {
        if (names.size() != (owner == Owner.WG_QUICK ? 0 : 1)) {
            throw new IllegalArgumentException("'" + text + "' is not " + WORDS);
        }
        names.forEach(name -> {
            if (!name.matches(NAME) || name.contains("..")) {
                throw new IllegalArgumentException("'" + name + "' cannot be the name of what is restarted");
            }
        });
        return new Restart(owner, names.stream().findFirst());
    }

    /** What {@link #parse} takes. */
    @Override
    public String toString() {
        return owner.word() + name.map(text -> " " + text).orElse("");
    }

    /** What is run, in order; only the last must succeed, for what is down already cannot be taken down. */
    public List<List<String>> commands(String device) {
        var what = name.orElse(device);
        return switch (owner) {
            case SYSTEMD -> List.of(List.of("systemctl", "restart", what));
            case IFUP -> List.of(List.of("ifup", what));
            case PROCD -> List.of(List.of("/etc/init.d/" + what, "restart"));
            case WG_QUICK -> List.of(List.of("wg-quick", "down", what), List.of("wg-quick", "up", what));
        };
    }
}
