/**
 * How do programs ask the agent, and tell it? HTTP and JSON on a unix socket, one request a connection, and a stream of
 * events. The records here are what the outside may rely on; {@link dev.reroam.web.Api} is what the agent must be able to
 * answer. Everything runs on the agent loop; nobody who reads slowly, or not at all, can hold it up or make it grow.
 */
@NullMarked
package dev.reroam.web;

import org.jspecify.annotations.NullMarked;
