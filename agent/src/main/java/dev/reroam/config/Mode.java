package dev.reroam.config;

import java.util.Locale;

/** What the agent may do. */
public enum Mode {
    /** Everything. */
    REPAIR,
    /** Everything but change the system: it says what it would have done. */
    OBSERVE;

    /** The word in the configuration file and in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
