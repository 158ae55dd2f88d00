package dev.reroam.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * One event as one line. Immutable.
 *
 * @param zone the clock that people look at
 */
record EventText(ZoneId zone) {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    /** Empty for an event that this client does not know. */
    Optional<String> of(String name, View event) {
        String at = event.number("unix_ms").isPresent()
                ? CLOCK.format(Instant.ofEpochMilli(event.number("unix_ms").getAsLong())
                                .atZone(zone)) + "  "
                : "";
        return switch (name) {
            case "incident" ->
                Optional.of(at + "incident " + event.word("incident") + "  " + event.word("kind")
                        + event.text("tunnel").map(t -> "  " + t).orElse("") + "  "
                        + event.text("what").orElse(""));
            case "tunnel" -> event.object("tunnel").map(tunnel -> at + tunnel(tunnel));
            case "tunnel_gone" -> Optional.of(at + event.text("id").orElse("?") + "  gone");
            default -> Optional.empty();
        };
    }

    private static String tunnel(View tunnel) {
        return tunnel.text("id").orElse("?") + "  " + tunnel.word("state")
                + tunnel.object("path").map(p -> "  over " + StatusText.path(p)).orElse("")
                + tunnel.text("reason").map(r -> "  (" + r + ")").orElse("");
    }
}
