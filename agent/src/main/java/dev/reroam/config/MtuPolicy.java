package dev.reroam.config;

import java.util.Locale;

/** What becomes of a device's MTU that is too large for the uplink which its tunnels have come to. */
public enum MtuPolicy {
    /** It is said. */
    REPORT,
    /** It is lowered for as long as they are there. */
    CLAMP;

    /** The word in the configuration file and in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
