package dev.reroam.linux.route;

/** Gets what {@link RouteWatch} hears, on the agent loop. */
public interface RouteEventConsumer {

    /** One event, in the order in which the kernel announced them. */
    void onEvent(RouteEvent event);

    /** The events that had come so far are all delivered, or a turn's worth of them: time to ask the kernel again. */
    default void onBatchEnd() {}
}
