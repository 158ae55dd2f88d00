package dev.reroam.hooks;

import dev.reroam.hooks.HookEvent.NetifdAction;
import java.util.Locale;
import java.util.Optional;

/**
 * Text of one line to an event. Pure; total: any text is an event or none.
 *
 * <pre>
 * mwan3 connected|disconnected INTERFACE [DEVICE]
 * netifd ifup|ifdown|ifupdate|ifup-failed INTERFACE [DEVICE]
 * resume
 * </pre>
 */
final class HookLine {

    // Ours: netifd's own names are shorter.
    private static final int LONGEST_LOGICAL = 64;
    // net/core/dev.c dev_valid_name: IFNAMSIZ is 16 with its end.
    private static final int LONGEST_DEVICE = 15;
    private static final int MOST_WORDS = 4;

    private HookLine() {}

    /** The event; empty for what is none. Spaces around and between the words do not count. */
    static Optional<HookEvent> parse(String line) {
        String[] words = line.strip().split("[ \t]+", MOST_WORDS + 1);
        if (words.length == 1 && words[0].equals("resume")) {
            return Optional.of(new HookEvent.Resume());
        }
        if (words.length < 3 || words.length > MOST_WORDS || !isName(words[2], LONGEST_LOGICAL)) {
            return Optional.empty();
        }
        Optional<String> device = words.length == MOST_WORDS ? Optional.of(words[3]) : Optional.empty();
        if (device.isPresent() && !isName(device.get(), LONGEST_DEVICE)) {
            return Optional.empty();
        }
        return switch (words[0]) {
            case "mwan3" -> mwan3(words[1], words[2], device);
            case "netifd" -> action(words[1]).map(action -> new HookEvent.Netifd(action, words[2], device));
            default -> Optional.empty();
        };
    }

    private static Optional<HookEvent> mwan3(String action, String logical, Optional<String> device) {
        return switch (action) {
            case "connected" -> Optional.of(new HookEvent.Mwan3(true, logical, device));
            case "disconnected" -> Optional.of(new HookEvent.Mwan3(false, logical, device));
            default -> Optional.empty();
        };
    }

    private static Optional<NetifdAction> action(String word) {
        for (NetifdAction action : NetifdAction.values()) {
            if (word.equals(action.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }

    private static boolean isName(String word, int longest) {
        return !word.isEmpty()
                && word.length() <= longest
                && !word.equals(".")
                && !word.equals("..")
                && word.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != ':');
    }
}
