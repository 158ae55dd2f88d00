package dev.reroam.linux.sockdiag;

/**
 * How alive a connection is: linux/tcp.h {@code tcp_info}. Immutable. The ages are of the moment of the reading; of a
 * connection that never had such a segment they count from its making, or from the machine's start.
 *
 * @param retransmits times in a row that the oldest segment was sent again without an answer; stands at 255 beyond
 * @param backoff times in a row that the timeout was doubled; an answer makes it 0
 * @param timeoutMicros until the oldest segment is sent again (RTO), doublings included
 * @param unacknowledged segments on their way that the other side has not confirmed
 * @param lastDataSentMillis since we last sent data
 * @param lastDataReceivedMillis since data came last
 * @param lastAcknowledgedMillis since the other side last confirmed anything
 */
public record TcpHealth(
        int retransmits,
        int backoff,
        long timeoutMicros,
        long unacknowledged,
        long lastDataSentMillis,
        long lastDataReceivedMillis,
        long lastAcknowledgedMillis) {

    /** Since anything at all came from the other side. */
    public long silentMillis() {
        return Math.min(lastDataReceivedMillis, lastAcknowledgedMillis);
    }
}
