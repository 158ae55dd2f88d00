package dev.reroam.config;

import java.util.Locale;

/** Whether a device's listen port may be given up in a repair. */
public enum PortPolicy {
    /** The agent decides by what it sees: free only where nothing depends on the port. */
    AUTO,
    /** It may: nobody relies on the number. */
    FREE,
    /** Never. */
    FIXED;

    /** The word in the configuration file. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
