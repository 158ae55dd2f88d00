package dev.reroam.cli;

import java.util.Locale;

/** What can follow a command, with two dashes. */
enum Option {
    CONFIG("FILE"),
    SOCKET("PATH"),
    STATE("DIR"),
    LOG("LEVEL"),
    JSON(""),
    BINDING_LIFETIME(""),
    SERVERS("LIST"),
    PORTAL("URL"),
    HELP("");

    private final String value;

    Option(String value) {
        this.value = value;
    }

    /** {@code --config}. */
    String flag() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean takesValue() {
        return !value.isEmpty();
    }

    /** {@code --config FILE}. */
    String usage() {
        return takesValue() ? flag() + " " + value : flag();
    }
}
