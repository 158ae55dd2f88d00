package dev.reroam.config;

import java.util.Locale;

/** The least important entry that is still logged. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE;

    /** The word in the configuration file, and tinylog's. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
