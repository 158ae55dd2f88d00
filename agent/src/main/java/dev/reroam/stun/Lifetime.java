package dev.reroam.stun;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a NAT remembers a mapping through which nothing goes. Immutable.
 *
 * @param aliveAfter the longest silence that a mapping survived; empty when it could not be measured
 * @param deadAfter the shortest silence that a mapping did not survive; empty when none was found
 */
public record Lifetime(Optional<Duration> aliveAfter, Optional<Duration> deadAfter) {

    static Lifetime of(BindingLifetime measured) {
        return new Lifetime(
                Optional.of(measured.aliveAfter()).filter(nanos -> nanos >= 0).map(Duration::ofNanos),
                Optional.of(measured.deadAfter()).filter(nanos -> nanos >= 0).map(Duration::ofNanos));
    }
}
