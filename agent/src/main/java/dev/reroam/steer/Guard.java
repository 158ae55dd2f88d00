package dev.reroam.steer;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sees to it that what is steered does not outlive us: withdraws it where our signs stay away. Confined to the agent loop,
 * where the callbacks come too.
 */
interface Guard extends AutoCloseable {

    /** Has this told when the guard is gone that was ready; once for each. */
    void onEnd(Runnable ended);

    /** Makes it ready where it is not; tells why it cannot be, or nothing. Perhaps before the call returns. */
    void prepare(Consumer<Optional<String>> then);

    /** From now on something is steered, and signs come; false where the guard is gone. */
    boolean begin();

    /** A sign of life. */
    void beat();

    /** Nothing is steered any more. */
    void rest();

    /** Lets it go, after {@link #rest}; idempotent. */
    @Override
    void close();
}
