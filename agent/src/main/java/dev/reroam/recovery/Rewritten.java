package dev.reroam.recovery;

/**
 * A tunnel whose packets leave from another port than the one its device listens on. Immutable.
 *
 * @param device as it was then
 * @param packets which they are
 */
public record Rewritten(DeviceFacts device, Action.PeerFlow packets) {}
